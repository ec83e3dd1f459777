// Names of fields in logs that look like host names.

/** `host.name`, `dns.question.name`, as ECS, OCSF and UDM have them. */
const FIELD_OF_LOG =
  /^(domain|file|user|host|process|dns|url|source|destination|client|server|agent|group|service|device|network|observer|rule|threat|ip|ipv6|tcp|udp|http|tls|ssl|eth|organization|container|image|event|resource|principal|target|artifact)(\.(question|answers|os|parent|target|principal|src|domain|user|process|file|resource|geo))?\.(name|email|id|host)$/;

/** `dns.qry.name`, `nbns.name`, as packet analysers have them. */
const FIELD_OF_PACKET =
  /^(dns|mdns|llmnr|nbns|browser|http2?|tls|ssl|x509sat|quic|dhcp|dhcpv6|bootp|kerberos|ntlmssp|ldap|smb2?|dcerpc|samr|ftp|tftp|smtp|imap|pop|sip|ssh|icmp|eth|arp|frame)(\.[a-z0-9_]+){0,3}\.(name|host|id|email|date|mail)$/;

export const isFieldOfLog = (name: string): boolean => FIELD_OF_LOG.test(name) || FIELD_OF_PACKET.test(name);
