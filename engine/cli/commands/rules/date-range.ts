import { isDay } from '../../../base/time/calendar.ts';
import { CliError } from '../../cli-context.ts';

/** Reads business dates of the command line. A missing one lies before, or after, every bill. */
export function readDateRange(from = '1970-01-01', to = '9999-12-31') {
  for (const day of [from, to]) {
    if (!isDay(day)) {
      throw new CliError({
        zh: `日期应如 2026-11-22：${day}`,
        en: `A day looks like 2026-11-22: ${day}`,
      });
    }
  }
  if (from > to) {
    throw new CliError({
      zh: `--from ${from} 晚于 --to ${to}`,
      en: `--from ${from} lies after --to ${to}`,
    });
  }
  return { from, to };
}
