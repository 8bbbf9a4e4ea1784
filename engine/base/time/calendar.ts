/**
 * Days ("2026-11-22"), months ("2026-11") and China's time. Days have no time zone; a moment (ms since the
 * epoch) belongs to the day in China: UTC+8, one zone, no summer time.
 */

const DAY_MS = 86_400_000;
const CHINA_OFFSET = '+08:00';
const CHINA_OFFSET_MS = 8 * 3_600_000;
/** Years have four digits, so that days sort as text. */
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Is the text a day of the calendar? "2024-02-29" is one; "2026-02-29" and "2026-2-1" are not. */
export function isDay(text: string): boolean {
  if (!DAY.test(text)) return false;
  // Date.parse reads "2026-02-30" as March 2; converting back shows whether the day exists.
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && dayOfUtc(time) === text;
}

/** The day `days` later; earlier when negative. @throws RangeError when argument or result is no day */
export function addDays(day: string, days: number): string {
  return dayOfUtc(startOfUtcDay(day) + days * DAY_MS);
}

/** Days from `from` to `to`; negative when `to` is earlier. @throws RangeError when one is no day */
export function daysBetween(from: string, to: string): number {
  return (startOfUtcDay(to) - startOfUtcDay(from)) / DAY_MS;
}

/** Whole years from the day `from` (a birthday) to the day `to`. February 29 counts on March 1. */
export function wholeYearsBetween(from: string, to: string): number {
  const years = yearOf(to) - yearOf(from);
  return to.slice(5) < from.slice(5) ? years - 1 : years;
}

/** The calendar year of a day or a month. */
export function yearOf(day: string): number {
  return Number(day.slice(0, 4));
}

/** "2026-11-22" → "2026-11". */
export function monthOf(day: string): string {
  return day.slice(0, 7);
}

/** The month `months` later; earlier when negative. */
export function addMonths(month: string, months: number): string {
  const index = yearOf(month) * 12 + Number(month.slice(5)) - 1 + months;
  const year = String(Math.floor(index / 12)).padStart(4, '0');
  return `${year}-${String((index % 12) + 1).padStart(2, '0')}`;
}

/** The ISO 8601 week of a day, "2026-W47": begins on Monday and belongs to its Thursday's year. */
export function isoWeekOf(day: string): string {
  const weekday = new Date(startOfUtcDay(day)).getUTCDay() || 7;
  const thursday = addDays(day, 4 - weekday);
  const year = thursday.slice(0, 4);
  const week = Math.floor(daysBetween(`${year}-01-01`, thursday) / 7) + 1;
  return `${year}-W${String(week).padStart(2, '0')}`;
}

/** Moment in ms → time in China, "2026-11-22T08:05:00.000+08:00". */
export function isoTime(ms: number): string {
  return new Date(ms + CHINA_OFFSET_MS).toISOString().replace('Z', CHINA_OFFSET);
}

/** Moment in ms → business date in China, "2026-11-22". */
export function businessDateOf(ms: number): string {
  return isoTime(ms).slice(0, 10);
}

/** The first moment of a business date in China, ms. @throws RangeError when `day` is no day */
export function startOfBusinessDate(day: string): number {
  return startOfUtcDay(day) - CHINA_OFFSET_MS;
}

/**
 * A bank host's "MMDDhhmmss" in China → moment in ms, in the year that brings it nearest to `near` (ms).
 * @returns undefined when it is no time
 */
export function hostTimeMs(stamp: string, near: number): number | undefined {
  const [, month, day, hour, minute, second] = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(stamp) ?? [];
  const year = yearOf(businessDateOf(near));
  const moments = [year - 1, year, year + 1]
    .map((of) => Date.parse(`${of}-${month}-${day}T${hour}:${minute}:${second}${CHINA_OFFSET}`))
    .filter((ms) => !Number.isNaN(ms));
  return moments.toSorted((one, other) => Math.abs(one - near) - Math.abs(other - near))[0];
}

function startOfUtcDay(day: string): number {
  if (!isDay(day)) throw new RangeError(`no day of the calendar: ${day}`);
  return Date.parse(`${day}T00:00:00Z`);
}

function dayOfUtc(ms: number): string {
  const [day = ''] = new Date(ms).toISOString().split('T');
  if (!DAY.test(day)) throw new RangeError(`a year of more than four digits: ${day}`);
  return day;
}
