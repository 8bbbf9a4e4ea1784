import type { Fen } from '../../base/money/fen.ts';
import { fen } from '../../base/money/fen.ts';
import { addDays, businessDateOf, startOfBusinessDate } from '../../base/time/calendar.ts';
import { coversRegion } from '../principal/region.ts';
import { holidaysOfChina, workingWeekendsOfChina } from './working-days.ts';

/** What differs from region to region in the life of a card. */
export type CardRegion = {
  /** Six digits; the rules hold for all below it that have none of their own. */
  readonly code: string;
  readonly name: string;
  /** Undefined: cards have no end date (Heilongjiang: for life). */
  readonly validityYears: number | undefined;
  /** Natural days (自然日) after which an oral loss report lapses. */
  readonly oralLossDays: number;
  /** Does the day of the report count as the first? By default it is day 0. */
  readonly oralLossCountsReportDay: boolean;
  /** Natural days for which a card that is made waits for its holder. */
  readonly uncollectedDays: number;
  /** Working days (工作日) from the application to the card. */
  readonly makingDays: number;
  /** Working days in which an employer hands out cards and returns the rest. */
  readonly handOutDays: number;
  /** For every card but the first, unless the cause is free. */
  readonly fee: Fen;
  /** Issuing banks by code; undefined: any. */
  readonly banks: readonly string[] | undefined;
  /** May somebody else (代办人) do it for the holder? Never for the financial function. */
  readonly mayAgentApply: boolean;
  readonly mayAgentCollect: boolean;
  /** Natural days for which an interim voucher pays. */
  readonly voucherDays: number;
  /** Days on which nobody works, beside Saturdays and Sundays; and those of them on which one does. */
  readonly holidays: readonly string[];
  readonly workingWeekends: readonly string[];
};

const usual: CardRegion = {
  code: '000000',
  name: '全国',
  validityYears: 10,
  ...{ oralLossDays: 5, oralLossCountsReportDay: false, uncollectedDays: 180 },
  ...{ makingDays: 30, handOutDays: 5, fee: fen(2000n), banks: undefined },
  ...{ mayAgentApply: true, mayAgentCollect: true, voucherDays: 30 },
  ...{ holidays: holidaysOfChina, workingWeekends: workingWeekendsOfChina },
};

/**
 * Known differences. Values that no notice was at hand for are those of `usual`, and each is a setting.
 * Dongguan: six banks, 20 yuan from the second card on. Heilongjiang: cards for life.
 */
export const knownCardRegions: readonly CardRegion[] = [
  usual,
  {
    ...usual,
    ...{ code: '441900', name: '东莞' },
    banks: ['102', '103', '104', '105', '301', '402'],
  },
  { ...usual, code: '230000', name: '黑龙江', validityYears: undefined },
];

/** The rules of a region: those of the smallest known one that it lies in. */
export function cardRegionOf(
  region: string,
  known: readonly CardRegion[] = knownCardRegions,
): CardRegion {
  const covering = known.filter(({ code }) => coversRegion(code, region));
  const places = ({ code }: CardRegion) => code.replace(/(00)+$/, '').length;
  return covering.toSorted((a, b) => places(b) - places(a))[0] ?? usual;
}

/** The end (24:00) of the day that is `days` natural days after the day of `at`, in China; ms. */
export function endOfNaturalDays(at: number, days: number): number {
  return startOfBusinessDate(addDays(businessDateOf(at), days + 1));
}

/** When an oral loss report made at `at` (ms) lapses, ms. */
export function oralLossEnds(at: number, region: CardRegion): number {
  const { oralLossDays, oralLossCountsReportDay } = region;
  return endOfNaturalDays(at, oralLossCountsReportDay ? oralLossDays - 1 : oralLossDays);
}

/** The end of the n-th working day after the day of `at`, ms. */
export function endOfWorkingDays(at: number, days: number, region: CardRegion): number {
  let day = businessDateOf(at);
  for (let left = days; left > 0; ) {
    day = addDays(day, 1);
    if (isWorkingDay(day, region)) left -= 1;
  }
  return startOfBusinessDate(addDays(day, 1));
}

function isWorkingDay(day: string, { holidays, workingWeekends }: CardRegion): boolean {
  if (holidays.includes(day)) return false;
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return (weekday !== 0 && weekday !== 6) || workingWeekends.includes(day);
}
