import { expect, test } from 'vitest';
import { benefitYearOf, policyDay } from '../../../../rules/kernel/benefit-year.ts';

test.each([
  ['01-01', '2026-01-01', 2026],
  ['01-01', '2026-12-31', 2026],
  ['07-01', '2026-06-30', 2025],
  ['07-01', '2026-07-01', 2026],
])('a year from %s: %s belongs to %i', (benefitYearStart, day, year) => {
  expect(benefitYearOf({ benefitYearStart }, day)).toBe(year);
});

test('a stay goes by its day of discharge where the pack says so', () => {
  const stay = { serviceDate: '2025-12-28', visit: { dischargeDate: '2026-01-04' } };
  expect(policyDay({ selectedBy: 'discharge-date' }, stay)).toBe('2026-01-04');
  expect(policyDay({ selectedBy: 'service-date' }, stay)).toBe('2025-12-28');
  expect(policyDay({ selectedBy: 'discharge-date' }, { serviceDate: '2025-12-28' })).toBe(
    '2025-12-28',
  );
});
