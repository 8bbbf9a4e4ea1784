import { expect, test } from 'vitest';
import { isoTime } from '../../../../../engine/base/time/calendar.ts';
import { cardRegionOf, endOfWorkingDays } from '../../../../../engine/domain/card/card-regions.ts';
import {
  holidaysOfChina,
  workingWeekendsOfChina,
} from '../../../../../engine/domain/card/working-days.ts';

const dongguan = cardRegionOf('441900');
const endAfter = (day: string, days: number) =>
  isoTime(endOfWorkingDays(Date.parse(`${day}T10:00:00+08:00`), days, dongguan)).slice(0, 16);

test.each([
  ['over a weekend', '2026-11-26', 5, '2026-12-04T00:00'],
  ['over National Day, with the Saturday worked after it', '2026-09-30', 3, '2026-10-11T00:00'],
  ['over Spring Festival, with both Saturdays worked', '2026-02-13', 6, '2026-03-01T00:00'],
  ['thirty days from a Monday', '2026-03-02', 30, '2026-04-15T00:00'],
] as const)('working days end at 24:00 of the last: %s', (_, day, days, end) => {
  expect(endAfter(day, days)).toBe(end);
});

test('a weekend that is worked is a weekend, and no day is both off and worked', () => {
  for (const day of workingWeekendsOfChina) {
    expect([0, 6]).toContain(new Date(`${day}T00:00:00Z`).getUTCDay());
    expect(holidaysOfChina).not.toContain(day);
  }
  expect(new Set(holidaysOfChina).size).toBe(holidaysOfChina.length);
});
