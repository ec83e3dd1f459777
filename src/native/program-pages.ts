// What of the program's own file is mapped and read: pages that the start needed (the parser, the text of Node's own modules) stay
// in the process's tables for as long as nobody wants their room, 60 MiB of Node.

/** Part of this process's memory. */
export interface Stretch {
  readonly address: number;
  readonly octets: number;
}

const HEAD = /^([0-9a-f]+)-([0-9a-f]+) (\S{4}) ([0-9a-f]+) \S+ \d+ *(.*)$/;
const FIELD = /^(\w+): +(\d+) kB$/;
/** Where smaps counts pages that were changed. */
const CHANGED = ['Anonymous', 'Private_Dirty', 'Shared_Dirty', 'Swap'];

/**
 * Mappings of the program's file in which no page was changed: a page that is given back is read from the file again when it is touched.
 * They stay where they are for as long as the process lives. Each thread's V8 maps a part of the file once more, which goes with the thread, and
 * another's memory may be there a moment later: what is mapped already is left out.
 * @param smaps text of /proc/self/smaps @param program as mappings name it
 */
export function unchangedStretches(smaps: string, program: string): Stretch[] {
  const found: Stretch[] = [];
  let candidate: Stretch | null = null;
  let unchanged = new Set<string>();
  let mapped = 0;
  const settle = (): void => {
    if (candidate !== null && CHANGED.every((field) => unchanged.has(field))) found.push(candidate);
  };
  for (const line of smaps.split('\n')) {
    const head = HEAD.exec(line);
    if (head !== null) {
      settle();
      const [, from = '', to = '', mode = '', offset = '', path] = head;
      const address = Number.parseInt(from, 16);
      const octets = Number.parseInt(to, 16) - address;
      const start = Number.parseInt(offset, 16);
      const isOwn = path === program && start >= mapped;
      if (isOwn) mapped = start + octets;
      candidate = isOwn && !mode.includes('w') ? { address, octets } : null;
      unchanged = new Set();
      continue;
    }
    const [, field = '', kib = ''] = FIELD.exec(line) ?? [];
    if (kib === '0') unchanged.add(field);
  }
  settle();
  return found;
}
