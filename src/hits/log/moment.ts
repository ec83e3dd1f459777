// Moments as hit lines write them (ISO 8601, UTC, milliseconds) ↔ milliseconds since 1970, for one hit after another: they
// come many a second, so the second is remembered.

let second = -1;
let secondText = '';
let madeText = '';
let madeMs = 0;

/** As Date.toISOString writes it. */
export function momentToText(timeMs: number): string {
  const own = Math.floor(timeMs / 1000);
  if (own !== second) {
    secondText = new Date(own * 1000).toISOString().slice(0, -4);
    second = own;
  }
  if (timeMs === madeMs && madeText !== '') return madeText;
  const rest = timeMs - own * 1000;
  madeText = `${secondText}${rest < 10 ? '00' : rest < 100 ? '0' : ''}${rest}Z`;
  madeMs = timeMs;
  return madeText;
}

let parsedText = '';
let parsedMs = 0;

/** The other way, for what momentToText wrote. */
export function textToMoment(text: string): number {
  if (text === madeText) return madeMs;
  const head = text.slice(0, -4);
  if (head !== parsedText) {
    parsedMs = Date.parse(`${head}000Z`);
    parsedText = head;
  }
  return parsedMs + Number(text.slice(-4, -1));
}
