// Server-sent events out of the parts of a stream (WHATWG HTML, section 9.2), as far as our own daemon writes them: lines end in LF.

export interface StreamEvent {
  readonly event: string;
  readonly id: string | null;
  readonly data: string;
}

export class EventReader {
  #rest = '';

  /** The events that this part ends. */
  read(part: string): StreamEvent[] {
    const blocks = (this.#rest + part).split('\n\n');
    this.#rest = blocks.pop() ?? '';
    return blocks.map(eventOf).filter(({ data }) => data !== '');
  }
}

function eventOf(block: string): StreamEvent {
  const lines = block.split('\n');
  const fieldOf = (field: string): string | null =>
    lines.find((line) => line.startsWith(`${field}: `))?.slice(field.length + 2) ?? null;
  return { event: fieldOf('event') ?? 'message', id: fieldOf('id'), data: fieldOf('data') ?? '' };
}
