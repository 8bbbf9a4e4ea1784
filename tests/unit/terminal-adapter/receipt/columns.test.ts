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
