/**
 * Text on a printer with a fixed number of columns. Receipt printers set Chinese in GB18030, where
 * everything but ASCII is two columns wide.
 */

/** Columns that the text takes. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += (character.codePointAt(0) ?? 0) < 0x80 ? 1 : 2;
  return width;
}

/** Control characters become spaces: an item's name must not command the printer. */
export function printable(text: string): string {
  return text.replaceAll(/\p{C}/gu, ' ');
}

/**
 * Breaks a text into lines of at most `columns`: at spaces where it can, else between characters.
 */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  const breakLine = () => {
    lines.push(line.trimEnd());
    line = '';
  };
  for (const token of printable(text).match(/[!-~]+|[\s\S]/gu) ?? []) {
    if (line !== '' && displayWidth(line + token) > columns) breakLine();
    if (token === ' ' && line === '' && lines.length > 0) continue;
    for (const character of token) {
      if (displayWidth(line + character) > columns) breakLine();
      line += character;
    }
  }
  if (line.trim() !== '') lines.push(line.trimEnd());
  return lines;
}

/** `left` and `right` at the two edges; a left part that is too long gets lines of its own. */
export function pair(left: string, right: string, columns: number): string[] {
  const room = columns - displayWidth(right) - 1;
  const lines = wrap(left, displayWidth(left) <= room ? room : columns);
  const last = lines.at(-1) ?? '';
  const gap = columns - displayWidth(last) - displayWidth(right);
  if (gap >= 1) return [...lines.slice(0, -1), `${last}${' '.repeat(gap)}${right}`];
  const before = Math.max(0, columns - displayWidth(right));
  return [...lines, ' '.repeat(before) + right];
}

/** In the middle of the line. */
export function centre(text: string, columns: number): string[] {
  return wrap(text, columns).map(
    (line) => ' '.repeat(Math.floor((columns - displayWidth(line)) / 2)) + line,
  );
}
