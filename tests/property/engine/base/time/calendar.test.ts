/** The calendar against itself and against Date, for any day of four-digit years. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addDays,
  addMonths,
  businessDateOf,
  daysBetween,
  isDay,
  isoTime,
  isoWeekOf,
  monthOf,
  startOfBusinessDate,
  wholeYearsBetween,
} from '../../../../../engine/base/time/calendar.ts';

const DAY_MS = 86_400_000;
const FIRST_MS = Date.UTC(1600, 0, 1);
const LAST_MS = Date.UTC(2399, 11, 31);
const moments = fc.integer({ min: FIRST_MS, max: LAST_MS });
const days = moments.map((ms) => new Date(ms).toISOString().slice(0, 10));

test('every day of the calendar is a day, and adding and counting days are each other’s way back', () => {
  fc.assert(
    fc.property(days, fc.integer({ min: -100_000, max: 100_000 }), (day, count) => {
      const then = addDays(day, count);
      expect(isDay(day) && isDay(then)).toBe(true);
      expect(daysBetween(day, then)).toBe(count);
      expect(addDays(then, -count)).toBe(day);
      expect(then < day).toBe(count < 0);
    }),
  );
});

test('a text is a day exactly when it names a date that Date gives back', () => {
  const part = (max: number, width: number) =>
    fc.integer({ min: 0, max }).map((number) => String(number).padStart(width, '0'));
  const texts = fc.tuple(part(9999, 4), part(14, 2), part(33, 2)).map((parts) => parts.join('-'));
  fc.assert(
    fc.property(texts, (text) => {
      const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
      const date = new Date(0);
      date.setUTCFullYear(year, month - 1, day);
      const isReal =
        date.getUTCFullYear() === year &&
        date.getUTCMonth() === month - 1 &&
        date.getUTCDate() === day;
      expect(isDay(text)).toBe(isReal);
    }),
  );
});

test('no other text is a day', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) expect(isDay(text)).toBe(false);
    }),
  );
});

test('a moment lies within its business date, and its clock text names the same moment', () => {
  fc.assert(
    fc.property(moments, (ms) => {
      const start = startOfBusinessDate(businessDateOf(ms));
      expect(ms - start).toBeGreaterThanOrEqual(0);
      expect(ms - start).toBeLessThan(DAY_MS);
      expect(Date.parse(isoTime(ms))).toBe(ms);
    }),
  );
});

test('months add up like their first days', () => {
  fc.assert(
    fc.property(days, fc.integer({ min: -2000, max: 2000 }), (day, count) => {
      const then = addMonths(monthOf(day), count);
      expect(isDay(`${then}-01`)).toBe(true);
      expect(addMonths(then, -count)).toBe(monthOf(day));
      expect(addMonths(addMonths(monthOf(day), count), 1)).toBe(addMonths(monthOf(day), count + 1));
    }),
  );
});

test('a week has seven days, and every fourth of January is in the first', () => {
  fc.assert(
    fc.property(days, (day) => {
      const weeks = Array.from({ length: 8 }, (_, index) => isoWeekOf(addDays(day, index)));
      expect(new Set(weeks).size).toBe(2);
      expect(weeks.at(-1)).not.toBe(weeks[0]);
      const year = day.slice(0, 4);
      expect(isoWeekOf(`${year}-01-04`)).toBe(`${year}-W01`);
    }),
  );
});

test('a person ages by one year on every birthday', () => {
  fc.assert(
    fc.property(days, fc.integer({ min: 1, max: 120 }), (birthDate, age) => {
      const birthday = `${Number(birthDate.slice(0, 4)) + age}${birthDate.slice(4)}`;
      if (!isDay(birthday)) return;
      expect(wholeYearsBetween(birthDate, birthday)).toBe(age);
      expect(wholeYearsBetween(birthDate, addDays(birthday, -1))).toBe(age - 1);
    }),
  );
});
