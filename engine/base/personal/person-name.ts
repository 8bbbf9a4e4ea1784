/** Names (姓名) as they are printed: kept as they come, compared in a normal form. */

/** Longest name, characters: names with middle dots (·) of minorities and Latin ones are long. */
const NAME_MAX = 50;
/** The middle dot as terminals and offices type it. */
const MIDDLE_DOTS = /[\u2022\u2027\u22C5\u30FB\uFF65\u2219\u00B7]/gu;

/**
 * Is it a name of 1 to 50 characters? A rare character beyond 16 bits counts once. Letters with combining
 * marks, middle dots, blanks within, hyphens and apostrophes are part of names; controls and line ends are
 * not.
 */
export function isPersonName(text: string): boolean {
  const length = [...text].length;
  return (
    length >= 1 &&
    length <= NAME_MAX &&
    text === text.trim() &&
    !/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/u.test(text)
  );
}

/** Equal for names that were typed differently: width, middle dot, blanks, capitals. Not for printing. */
export function nameForComparison(name: string): string {
  return name
    .normalize('NFKC')
    .replace(MIDDLE_DOTS, '·')
    .replace(/\s+/gu, ' ')
    .replace(/\s*·\s*/gu, '·')
    .trim()
    .toUpperCase();
}
