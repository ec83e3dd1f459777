// A hash that settles in a few steps what is surely not among those met before; what may be is then compared whole.

/** FNV's step. @param octet or a UTF-16 unit of ASCII: both give the same */
export const mixed = (hash: number, octet: number): number => Math.imul(hash ^ octet, 0x01000193);

/** @param places a power of two */
export const placeIn = (hash: number, places: number): number => (hash ^ (hash >>> 15)) & (places - 1);
