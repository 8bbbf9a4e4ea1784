const CODE = /^\d{6}$/;
/** A code names province, city and county in pairs of digits (GB/T 2260); "00" at the end: all below. */
const ALL_BELOW = /^(\d{2})*?(?=(00)*$)/;

/**
 * Does a region lie in another, or is it the same? 440000 covers 441900, and 441000 does not: digits
 * count in pairs. 000000 covers all; a part never covers the whole.
 * @param outer code of six digits; a malformed one covers nothing
 */
export function coversRegion(outer: string, inner: string): boolean {
  return CODE.test(outer) && CODE.test(inner) && inner.startsWith(regionPrefix(outer));
}

/** What the codes of all regions in a region begin with. @param code of six digits */
export function regionPrefix(code: string): string {
  return ALL_BELOW.exec(code)?.[0] ?? code;
}

export function isRegionCode(text: string): boolean {
  return CODE.test(text);
}
