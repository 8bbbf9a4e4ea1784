import Table from 'cli-table3';
import type { CliContext } from '../../cli-context.ts';

export type Column = {
  readonly head: string;
  /** Width in screen columns; wider text is wrapped. Undefined: the width of the text. */
  readonly width?: number;
  readonly align?: 'right';
};

/** Prints a table; a Chinese character counts as two screen columns. */
export function printTable(
  context: CliContext,
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): void {
  const table = new Table({
    head: columns.map(({ head }) => head),
    colAligns: columns.map(({ align }) => align ?? 'left'),
    style: { head: [], border: [], compact: true },
  });
  for (const row of rows) {
    table.push(
      row.map((text, index) => {
        const width = columns[index]?.width;
        return width === undefined ? text : breakText(text, width);
      }),
    );
  }
  for (const line of table.toString().split('\n')) context.print(line);
}

/**
 * CJK and fullwidth characters, which terminals draw two columns wide; rare ones of names and drugs (𠮷, 𬭩)
 * have numbers above FFFF.
 */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
/** Drawn over the character before them, or not at all: combining marks, variation selectors, joiners. */
const NARROWEST = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** Wraps text at spaces and between Chinese characters, to lines of at most `width` columns. */
export function breakText(text: string, width: number): string {
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const piece of splitPieces(text, width)) {
    const size = measureWidth(piece);
    if (used + size > width && line !== '') {
      lines.push(line.trimEnd());
      [line, used] = ['', 0];
    }
    if (line === '' && piece === ' ') continue;
    line += piece;
    used += size;
  }
  return [...lines, line.trimEnd()].filter((each) => each !== '').join('\n');
}

/** Splits text into words, spaces and single Chinese characters; a word longer than `width` is cut. */
function splitPieces(text: string, width: number): readonly string[] {
  const pieces: string[] = [];
  let word = '';
  const close = () => {
    if (word !== '') pieces.push(word);
    word = '';
  };
  for (const character of text) {
    if (WIDE.test(character) || character === ' ') {
      close();
      pieces.push(character);
      continue;
    }
    word += character;
    if (measureWidth(word) >= width) close();
  }
  close();
  return pieces;
}

function columnsOf(character: string): 0 | 1 | 2 {
  if (NARROWEST.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** The width of a text in screen columns. */
export function measureWidth(text: string): number {
  let width = 0;
  for (const character of text) width += columnsOf(character);
  return width;
}
