// What the A-labels of a name spell (RFC 5891, RFC 3492): a browser makes them, and tells nobody what they stand for.

const BASE = 36;
const DIGITS = 'abcdefghijklmnopqrstuvwxyz0123456789';
const [T_MIN, T_MAX, SKEW, DAMP] = [1, 26, 38, 700];
const [FIRST_BIAS, FIRST_CODE, LAST_CODE] = [72, 0x80, 0x10_ffff];

/** @param {string} name lower case @returns {string} a label that is no A-label as it is */
export function spelledName(name) {
  return name.includes('xn--') ? name.replace(/(?<=^|\.)xn--([a-z0-9-]+)/g, spelledLabel) : name;
}

/** RFC 3492 section 6.2. @param {string} label @param {string} coded behind its `xn--` */
function spelledLabel(label, coded) {
  const end = Math.max(0, coded.lastIndexOf('-'));
  const letters = [...coded.slice(0, end)];
  const digits = [...coded.slice(end === 0 ? 0 : end + 1)].map((digit) => DIGITS.indexOf(digit));
  let [code, at, bias] = [FIRST_CODE, 0, FIRST_BIAS];
  for (let next = 0; next < digits.length; at += 1) {
    const before = at;
    for (let weight = 1, k = BASE; ; k += BASE) {
      const digit = digits[next++] ?? -1;
      if (digit < 0) return label;
      at += digit * weight;
      const threshold = Math.min(T_MAX, Math.max(T_MIN, k - bias));
      if (digit < threshold) break;
      weight *= BASE - threshold;
    }
    const count = letters.length + 1;
    bias = biasAfter(at - before, count, before === 0);
    code += Math.floor(at / count);
    if (code > LAST_CODE) return label;
    at %= count;
    letters.splice(at, 0, String.fromCodePoint(code));
  }
  return letters.join('');
}

/** Section 6.1. @param {number} step @param {number} count @param {boolean} isFirst */
function biasAfter(step, count, isFirst) {
  let delta = Math.floor(step / (isFirst ? DAMP : 2));
  delta += Math.floor(delta / count);
  let k = 0;
  for (; delta > ((BASE - T_MIN) * T_MAX) / 2; k += BASE) delta = Math.floor(delta / (BASE - T_MIN));
  return k + Math.floor(((BASE - T_MIN + 1) * delta) / (delta + SKEW));
}
