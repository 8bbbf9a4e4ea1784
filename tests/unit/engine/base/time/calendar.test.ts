/** Days, months and China's clock: ends of months and years, leap years, texts that are no day. */
import { describe, expect, test } from 'vitest';
import {
  addDays,
  addMonths,
  businessDateOf,
  daysBetween,
  hostTimeMs,
  isDay,
  isoTime,
  isoWeekOf,
  monthOf,
  startOfBusinessDate,
  wholeYearsBetween,
  yearOf,
} from '../../../../../engine/base/time/calendar.ts';

describe('isDay', () => {
  test.each(['2026-11-22', '2024-02-29', '2000-02-29', '1970-01-01', '9999-12-31', '0001-01-01'])(
    '%s is a day',
    (text) => expect(isDay(text)).toBe(true),
  );

  test.each([
    ...['2026-02-29', '2100-02-29', '2026-02-30', '2026-04-31', '2026-13-01', '2026-00-10'],
    ...['2026-01-00', '2026-1-01', '2026-01-1', '20260101', '2026/01/01', '2026-01', '2026', ''],
    ...['12026-01-01', '-2026-01-01', '2026-01-01T00:00:00Z', ' 2026-01-01', '2026-01-01 '],
    ...['2026-01-01\n', '２０２６-01-01', 'today'],
  ])('%j is none', (text) => expect(isDay(text)).toBe(false));
});

test.each([
  ['2026-11-30', 1, '2026-12-01'],
  ['2026-12-31', 1, '2027-01-01'],
  ['2024-02-28', 1, '2024-02-29'],
  ['2026-02-28', 1, '2026-03-01'],
  ['2026-03-01', -1, '2026-02-28'],
  ['2024-03-01', -1, '2024-02-29'],
  ['2026-11-22', 0, '2026-11-22'],
  ['2026-01-01', 365, '2027-01-01'],
])('%s and %i days is %s', (day, days, then) => {
  expect(addDays(day, days)).toBe(then);
  expect(daysBetween(day, then)).toBe(days);
});

test('what is no day cannot be counted with', () => {
  expect(() => addDays('2026-02-29', 1)).toThrow(RangeError);
  expect(() => daysBetween('2026-02-29', '2026-03-01')).toThrow(RangeError);
  expect(() => daysBetween('2026-03-01', 'tomorrow')).toThrow(RangeError);
  expect(() => addDays('9999-12-31', 1)).toThrow(RangeError);
  expect(() => startOfBusinessDate('2026-11')).toThrow(RangeError);
  expect(() => isoWeekOf('2026-11')).toThrow(RangeError);
});

test.each([
  ['1960-11-22', '2026-11-21', 65],
  ['1960-11-22', '2026-11-22', 66],
  ['2004-02-29', '2026-02-28', 21],
  ['2004-02-29', '2026-03-01', 22],
  ['2026-11-22', '2026-11-22', 0],
  ['2026-11-23', '2026-11-22', -1],
])('from %s to %s are %i whole years', (from, to, years) => {
  expect(wholeYearsBetween(from, to)).toBe(years);
});

test('year and month of a day', () => {
  expect(yearOf('2026-11-22')).toBe(2026);
  expect(monthOf('2026-11-22')).toBe('2026-11');
});

test.each([
  ['2026-11', 2, '2027-01'],
  ['2026-01', -1, '2025-12'],
  ['2026-01', 0, '2026-01'],
  ['2026-12', 1, '2027-01'],
  ['2026-12', -12, '2025-12'],
  ['2026-03', -25, '2024-02'],
])('%s and %i months is %s', (month, months, then) => {
  expect(addMonths(month, months)).toBe(then);
});

// Dates and weeks of the tables of ISO 8601.
test.each([
  ['2026-11-22', '2026-W47'],
  ['2026-11-23', '2026-W48'],
  ['2027-01-01', '2026-W53'],
  ['2024-12-30', '2025-W01'],
  ['2021-01-03', '2020-W53'],
  ['2021-01-04', '2021-W01'],
])('%s is in week %s', (day, week) => expect(isoWeekOf(day)).toBe(week));

describe('China’s clock', () => {
  test('is eight hours ahead, in summer too', () => {
    expect(isoTime(Date.UTC(2026, 10, 22, 0, 5))).toBe('2026-11-22T08:05:00.000+08:00');
    expect(isoTime(Date.UTC(2026, 6, 1, 0, 5, 7, 9))).toBe('2026-07-01T08:05:07.009+08:00');
  });

  test('begins the business date at 16:00 UTC of the day before', () => {
    const midnight = Date.UTC(2026, 10, 21, 16);
    expect(businessDateOf(midnight - 1)).toBe('2026-11-21');
    expect(businessDateOf(midnight)).toBe('2026-11-22');
    expect(startOfBusinessDate('2026-11-22')).toBe(midnight);
  });

  test('begins the year at 16:00 UTC of December 31', () => {
    expect(businessDateOf(Date.UTC(2026, 11, 31, 16))).toBe('2027-01-01');
  });
});

describe("a bank host's time", () => {
  const noon = Date.parse('2026-11-22T12:00:00+08:00');

  test('is one of China, in the year that is nearest', () => {
    expect(hostTimeMs('1122120000', noon)).toBe(noon);
    const newYear = Date.parse('2027-01-01T00:00:10+08:00');
    expect(hostTimeMs('1231235950', newYear)).toBe(newYear - 20_000);
    expect(hostTimeMs('0101000010', newYear - 20_000)).toBe(newYear);
    expect(hostTimeMs('0229000000', Date.parse('2028-03-01T00:00:00+08:00'))).toBe(
      Date.parse('2028-02-29T00:00:00+08:00'),
    );
  });

  test.each(['', '1122', '1322120000', '1122250000', '112212000x'])('%j is none', (text) => {
    expect(hostTimeMs(text, noon)).toBeUndefined();
  });
});
