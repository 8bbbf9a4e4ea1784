import { CliError } from '../../cli-context.ts';

/** Business dates of the command line; a day that is left out is before, or after, every bill. */
export function readDateRange(from = '1970-01-01', to = '9999-12-31') {
  for (const day of [from, to]) {
    const time = Date.parse(`${day}T00:00:00Z`);
    const isDay = !Number.isNaN(time) && new Date(time).toISOString().slice(0, 10) === day;
    if (!isDay) {
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
