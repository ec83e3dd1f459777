// Lists of words as they are written in the source: between spaces, over several lines.

export const words = (text: string): ReadonlySet<string> =>
  new Set(text.split(/\s+/).filter((word) => word !== ''));
