import { expect, test } from 'vitest';
import { splitBill } from '../../../../rules/kernel/split-bill.ts';
import { type BillChange, bill, compiled, line, packJson } from '../bill-builder.ts';

const keysOf = (inScope: string, change: BillChange) => [
  ...splitBill(
    compiled({ ...packJson(), accumulators: { inScope } }),
    bill([line('1.00')], change),
  ).accumulatorChanges.keys(),
];

test.each([
  ['cost', '2026-11-22', 'cost'],
  ['cost/quarter', '2026-11-22', 'cost/2026Q4'],
  ['cost/quarter', '2026-03-31', 'cost/2026Q1'],
  ['cost/month', '2026-11-22', 'cost/2026-11'],
  ['cost/day', '2026-11-22', 'cost/2026-11-22'],
  ['cost/week', '2026-11-22', 'cost/2026-W47'],
  ['cost/week', '2026-11-23', 'cost/2026-W48'],
  // The week belongs to the year of its Thursday (ISO 8601).
  ['cost/week', '2027-01-01', 'cost/2026-W53'],
  ['cost/week', '2024-12-30', 'cost/2025-W01'],
])('%s on %s counts in %s', (counter, serviceDate, key) => {
  expect(keysOf(counter, { serviceDate })).toContain(key);
});

test('by hospital and by the special disease of the bill', () => {
  const carePlace = {
    kind: 'hospital',
    level: 3,
    isCommunity: false,
    code: 'H11010800001',
  } as const;
  expect(keysOf('cost/hospital', { carePlace })).toContain('cost/H11010800001');
  // A bill that names none may leave the code out or empty: it is the same place.
  expect(keysOf('cost/hospital', { carePlace: { ...carePlace, code: '' } })).toContain(
    'cost/unknown',
  );
  expect(keysOf('cost/disease', { visit: { diseases: ['M01600', 'I10'] } })).toContain(
    'cost/M01600',
  );
});
