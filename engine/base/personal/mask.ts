/**
 * Masked forms (脱敏) of personal data: what is shown unless somebody is entitled to more. A mask shows less
 * than half of a number, and nothing of one that is too short for that.
 */

const STAR = '*';

/** "张*": the first character; the mask does not tell how long the name is. One character is hidden whole. */
export function maskName(name: string): string {
  const [first = '', ...others] = name;
  return others.length === 0 ? STAR : `${first}${STAR}`;
}

/** "4419**********1234"; a shorter one, as of a passport, "E******78". */
export function maskIdNumber(idNumber: string): string {
  return idNumber.length >= 15 ? maskMiddle(idNumber, 4, 4) : maskMiddle(idNumber, 1, 2);
}

/** "*****5678": the last four. */
export function maskCardNumber(cardNumber: string): string {
  return maskMiddle(cardNumber, 0, 4);
}

/** "138****5678" */
export function maskMobile(mobile: string): string {
  return mobile.length >= 11 ? maskMiddle(mobile, 3, 4) : maskMiddle(mobile, 0, 2);
}

function maskMiddle(text: string, head: number, tail: number): string {
  const hidden = text.length - head - tail;
  // Of a short text the ends would be most of it; a mobile number has the fewest hidden digits, four.
  if (hidden < 4) return STAR.repeat(text.length);
  return `${text.slice(0, head)}${STAR.repeat(hidden)}${text.slice(text.length - tail)}`;
}
