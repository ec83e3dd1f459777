// Names of fields in logs that look like host names.

/** `host.name`, `dns.question.name`, as ECS, OCSF and UDM have them. */
const FIELD_OF_LOG =
  /^(domain|file|user|host|process|dns|url|source|destination|client|server|agent|group|service|device|network|observer|rule|threat|ip|ipv6|tcp|udp|http|tls|ssl|eth|organization|container|image|event|resource|principal|target|artifact)(\.(question|answers|os|parent|target|principal|src|domain|user|process|file|resource|geo))?\.(name|email|id|host)$/;

export const isFieldOfLog = (name: string): boolean => FIELD_OF_LOG.test(name);
