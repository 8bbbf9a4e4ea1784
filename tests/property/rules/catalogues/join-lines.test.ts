/** Rows come back whole from any line breaks inside their fields, and lines are never lost or read twice. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLineJoiner } from '../../../../rules/catalogues/import/join-lines.ts';

const CELLS = 6;
const isCode = (text: string) => /^X\d{4}$/.test(text);
const code = fc.integer({ min: 1000, max: 9999 }).map((digits) => `X${digits}`);
const field = fc.constantFrom('', '甲', '片剂', '限二线', '0.5');
/** A field of one or more lines; never the last of a row, whose break no number of cells shows. */
const wrapped = fc.array(field, { minLength: 1, maxLength: 4 }).map((lines) => lines.join('\n'));
const row = fc.tuple(code, wrapped, wrapped, wrapped, wrapped, field);

function join(text: string) {
  const rows: { readonly cells: readonly string[]; readonly line: number }[] = [];
  const broken: number[] = [];
  const shape = { cellCount: CELLS, beginsRow: ([first = '']: readonly string[]) => isCode(first) };
  const joiner = createLineJoiner(
    shape,
    (taken) => rows.push(taken),
    (lines) => broken.push(...lines.map(({ line }) => line)),
  );
  for (const [index, line] of text.split('\n').entries())
    joiner.push({ cells: line.split('\t'), line: index + 1 });
  return { rows, broken, isCut: joiner.end() };
}

test('rows with line breaks in any field come back, each under its first line', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 8 }), (table) => {
      const { rows, broken, isCut } = join(table.map((cells) => cells.join('\t')).join('\n'));
      expect(rows.map(({ cells }) => cells)).toEqual(table);
      expect([broken, isCut]).toEqual([[], false]);
    }),
  );
});

test('of any lines, each is in a row or handed back, once; and a whole row is never handed back', () => {
  const line = fc.oneof(
    row.map((cells) => cells.map((cell) => cell.replaceAll('\n', ' ')).join('\t')),
    fc
      .array(fc.oneof(field, code), { minLength: 1, maxLength: 9 })
      .map((cells) => cells.join('\t')),
  );
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
      const { rows, broken } = join(lines.join('\n'));
      for (const { cells } of rows) expect(cells).toHaveLength(CELLS);
      const isBlank = (text: string) => text.trim() === '';
      const spread = rows.flatMap(({ cells, line: first }) =>
        cells
          .join('\t')
          .split('\n')
          .map((_part, index) => first + index),
      );
      const seen = [...spread, ...broken].sort((a, b) => a - b);
      const missed = lines.flatMap((text, index) => (seen.includes(index + 1) ? [] : [text]));
      expect(missed.filter((text) => !isBlank(text))).toEqual([]);
      expect(new Set(seen).size).toBe(seen.length);
      for (const number of broken) {
        const cells = lines[number - 1]?.split('\t') ?? [];
        expect(cells.length === CELLS && isCode(cells[0] ?? '')).toBe(false);
      }
    }),
  );
});
