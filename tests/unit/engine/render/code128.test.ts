import { expect, test } from 'vitest';
import { code128Path, code128Symbols, code128Widths } from '../../../../engine/render/code128.ts';

test('the published example has its check symbol', () => {
  // "Wikipedia" in set B, as the article on Code 128 works it out: 88.
  const symbols = code128Symbols('Wikipedia');
  expect(symbols?.slice(0, 2)).toEqual([104, 55]);
  expect(symbols?.at(-2)).toBe(88);
});

test('every symbol has three bars and three spaces of eleven modules, and no two are alike', () => {
  const printable = Array.from({ length: 95 }, (_, i) => String.fromCodePoint(32 + i));
  const seen = new Set<string>();
  for (const letter of printable) {
    const widths = code128Widths(letter) ?? [];
    expect(widths).toHaveLength(3 * 6 + 7);
    const symbol = widths.slice(6, 12);
    expect(symbol.reduce((sum, width) => sum + width, 0)).toBe(11);
    // Bars take an even number of modules: by that a scanner notices a wrong one.
    expect(((symbol[0] ?? 0) + (symbol[2] ?? 0) + (symbol[4] ?? 0)) % 2).toBe(0);
    seen.add(symbol.join(''));
  }
  expect(seen.size).toBe(95);
});

test('bars stand where their widths say, with ten modules of white on both sides', () => {
  const drawn = code128Path('A1', 20);
  expect(drawn?.width).toBe(10 + 4 * 11 + 13 + 10);
  expect(drawn?.path.startsWith('M10 0h2v20h-2z')).toBe(true);
  expect(code128Path('表', 20)).toBeUndefined();
});
