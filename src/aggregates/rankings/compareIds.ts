const SURROGATE = /[\ud800-\udfff]/;

/** Compares ids by code point, as MongoDB does. `<` compares UTF-16 units, which differs beyond U+FFFF. */
export function compareIds(a: string, b: string): number {
  if (SURROGATE.test(a) || SURROGATE.test(b)) return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a < b ? -1 : a > b ? 1 : 0;
}
