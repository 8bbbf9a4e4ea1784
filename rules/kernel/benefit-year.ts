import { yearOf } from '../../engine/base/time/calendar.ts';
import type { SplitInput } from '../model/bill.ts';
import type { Pack } from '../model/pack.ts';

/**
 * The year in which the benefit year (医保年度) of a day begins: with a year from 1 July, June 2026
 * belongs to 2025.
 * @param day "2026-11-22"
 */
export function benefitYearOf(pack: Pick<Pack, 'benefitYearStart'>, day: string): number {
  const year = yearOf(day);
  return day.slice(5) < pack.benefitYearStart ? year - 1 : year;
}

/**
 * The day that selects a pack and the benefit year of its totals: the day of discharge for a stay
 * when the pack says so, else the day of service.
 */
export function policyDay(
  pack: Pick<Pack, 'selectedBy'>,
  bill: { readonly serviceDate: string; readonly visit?: SplitInput['visit'] },
): string {
  const discharge = pack.selectedBy === 'discharge-date' ? bill.visit?.dischargeDate : undefined;
  return discharge ?? bill.serviceDate;
}
