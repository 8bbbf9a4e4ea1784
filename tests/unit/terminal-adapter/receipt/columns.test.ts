// Goal: whatever the text, no printed line is wider than the paper and no character is lost.
import fc from 'fast-check';
import { expect, test } from 'vitest';

import { displayWidth, pair, wrap } from '../../../../terminal-adapter/receipt/columns.ts';

const letters = (text: string) => text.replaceAll(/[\s\p{C}]/gu, '');

test('wrapped text fits and keeps its letters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.constantFrom(32, 48), (text, columns) => {
      const lines = wrap(text, columns);
      for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
      expect(letters(lines.join(''))).toBe(letters(text));
    }),
  );
});

test('an amount stays whole and at the right edge', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      const lines = pair(name, '12345.67', 32);
      expect(lines.at(-1)?.endsWith('12345.67')).toBe(true);
      expect(displayWidth(lines.at(-1) ?? '')).toBe(32);
    }),
  );
});

test('a right part with wide characters fits its columns, however wide the left part is', () => {
  expect(pair('药'.repeat(24), '12.34元', 48).map(displayWidth)).toEqual([48, 48]);
  fc.assert(
    fc.property(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('12.34元', '-12345.67元', '9.00 CNY'),
      fc.constantFrom(32, 48),
      (name, amount, columns) => {
        const lines = pair(name, amount, columns);
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
        expect(lines.at(-1)?.endsWith(amount)).toBe(true);
        expect(displayWidth(lines.at(-1) ?? '')).toBe(columns);
      },
    ),
  );
});
