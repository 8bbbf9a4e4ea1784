import { addDays } from '../../base/time/calendar.ts';

/**
 * Days off and weekends worked in China, by the State Council's notice of each year's arrangement
 * (国务院办公厅关于部分节假日安排的通知). A year without a notice has its Saturdays and Sundays off, and a date that
 * reaches into it is an estimate until the notice is added here.
 */
type Year = {
  readonly source: string;
  /** First and last day of each stretch of days off, weekends within it included. */
  readonly off: readonly (readonly [from: string, until: string])[];
  readonly worked: readonly string[];
};

const years: readonly Year[] = [
  {
    source: '国办发明电〔2024〕12号',
    off: [
      ['2025-01-01', '2025-01-01'],
      ['2025-01-28', '2025-02-04'],
      ['2025-04-04', '2025-04-06'],
      ['2025-05-01', '2025-05-05'],
      ['2025-05-31', '2025-06-02'],
      ['2025-10-01', '2025-10-08'],
    ],
    worked: ['2025-01-26', '2025-02-08', '2025-04-27', '2025-09-28', '2025-10-11'],
  },
  {
    source: '国办发明电〔2025〕7号',
    off: [
      ['2026-01-01', '2026-01-03'],
      ['2026-02-15', '2026-02-23'],
      ['2026-04-04', '2026-04-06'],
      ['2026-05-01', '2026-05-05'],
      ['2026-06-19', '2026-06-21'],
      ['2026-09-25', '2026-09-27'],
      ['2026-10-01', '2026-10-07'],
    ],
    worked: [
      ...['2026-01-04', '2026-02-14', '2026-02-28'],
      ...['2026-05-09', '2026-09-20', '2026-10-10'],
    ],
  },
];

/** Days on which nobody works, beside Saturdays and Sundays (放假). */
export const holidaysOfChina: readonly string[] = years.flatMap(({ off }) =>
  off.flatMap(([from, until]) => daysFrom(from, until)),
);

/** Saturdays and Sundays on which one works (调休上班). */
export const workingWeekendsOfChina: readonly string[] = years.flatMap(({ worked }) => worked);

function daysFrom(from: string, until: string): readonly string[] {
  const days: string[] = [];
  for (let day = from; day <= until; day = addDays(day, 1)) days.push(day);
  return days;
}
