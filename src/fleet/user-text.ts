// A user of a fleet as the NATS server's configuration has it.

/** In the server's own notation. */
export function userText(
  nkey: string,
  { publish, subscribe }: Readonly<Record<'publish' | 'subscribe', readonly string[]>>,
): string {
  const quoted = (subjects: readonly string[]): string =>
    subjects.map((one) => JSON.stringify(one)).join(', ');
  return `{
  nkey: ${nkey}
  permissions: {
    publish: [${quoted(publish)}]
    subscribe: [${quoted(subscribe)}]
  }
}`;
}
