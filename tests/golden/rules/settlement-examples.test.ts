/**
 * 61 settlements that were recorded or published: by regions' own systems, by their authorities, by
 * the press. Goal: the packs give what was printed, to the fen. Method: rebuild the bill of each,
 * let the pack of its region settle it (a test-only pack where none is shipped), and compare every
 * figure that was printed with ours, by national field name.
 */
import { describe, expect, test } from 'vitest';
import ids from '../settlement-examples/ids.json' with { type: 'json' };
import { amounts, type Bill, examplePack, printed, readExamples } from './example.ts';

const files = ['beijing', 'recorded-elsewhere', 'region-table', 'worked-bills', 'caps-and-grants'];
const all = files.flatMap((file) => readExamples(file));

describe.each(files)('%s', (file) => {
  const named = readExamples(file).map((example) => ({ ...example, kind: example.kind ?? 'rule' }));
  test.each(named)('$id ($kind): $shows', ({ bills, expected, recomputed = {} }) => {
    expect(printed(bills)).toEqual(amounts({ ...expected, ...recomputed }));
  });
});

test('a figure that we recompute is one that its own example contradicts', () => {
  for (const { expected, recomputed = {} } of all)
    for (const [figure, own] of Object.entries(recomputed)) expect(own).not.toBe(expected[figure]);
  expect(all.filter(({ recomputed }) => recomputed).map(({ id }) => id)).toEqual([
    'BJ-IP-RET-T3-2ND',
  ]);
});

test('all 61 are here, each once', () => {
  expect(all.map(({ id }) => id).sort()).toEqual([...ids].sort());
  expect(new Set(ids).size).toBe(61);
});

test('36 are settled by shipped packs, the rest by test-only packs of their own rule', () => {
  const isShipped = ({ region }: Bill) => region !== undefined;
  const shipped = all.filter(({ bills }) => bills.every(isShipped));
  expect(shipped).toHaveLength(36);
  const named = all.flatMap(({ bills }) => bills).filter((bill) => !isShipped(bill));
  for (const { pack = '' } of named) expect(examplePack(pack).isTestOnly).toBe(true);
});
