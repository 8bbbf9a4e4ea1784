import type { Settlement } from '../settlement/settlement.ts';

/**
 * What a refund does when later bills were split on top of the one that goes back (隔笔退费).
 * - keep: they stand; the counters go back, and the next bills make up the year's deductible and caps.
 * - refuse: the later bills have to be taken back first.
 * - reprice: they are corrected, and what the patient pays more or less is a claim of the region's insurer.
 */
export type RefundOrder = 'keep' | 'refuse' | 'reprice';

const refundOrders = ['keep', 'refuse', 'reprice'] as const satisfies readonly RefundOrder[];

/** The setting of an insured region, "110000". */
export type RefundOrders = (region: string) => RefundOrder;

/** Without a setting all later bills stand. */
export const allKept: RefundOrders = () => 'keep';

/**
 * Reads a setting such as "110000=refuse,310000=keep".
 * @returns undefined when it is not one, or names a region twice
 */
export function parseRefundOrders(text: string): RefundOrders | undefined {
  const orders = new Map<string, RefundOrder>();
  for (const part of text.split(',')) {
    const [, region, name] = /^\s*(\d{6})=([a-z]+)\s*$/.exec(part) ?? [];
    const order = refundOrders.find((known) => known === name);
    if (region === undefined || order === undefined || orders.has(region)) return undefined;
    orders.set(region, order);
  }
  return (region) => orders.get(region) ?? 'keep';
}

/** The order for a settlement's refund. Out-of-area outpatient bills are always refunded one by one. */
export function refundOrderOf(settlement: Settlement, orders: RefundOrders): RefundOrder {
  return isAlwaysKept(settlement) ? 'keep' : orders(settlement.insuredRegion);
}

/**
 * Is it an out-of-area bill that is no stay? The rules of out-of-area settlement have each of them refunded
 * by itself, whatever was settled since; so none is refused for later ones, and none is corrected either.
 */
export function isAlwaysKept(settlement: Settlement): boolean {
  const { careRegion, insuredRegion, careType, input } = settlement;
  const { travel = 'local' } = input.visit ?? {};
  const isOutside = travel !== 'local' || poolOf(careRegion) !== poolOf(insuredRegion);
  return isOutside && !isStay(careType);
}

/** 21 inpatient and its kinds, 52 maternity inpatient. */
function isStay(careType: string): boolean {
  return careType.startsWith('2') || careType.startsWith('52');
}

const municipalities = new Set(['11', '12', '31', '50']);

/** Where funds are pooled: a city of four digits, or a municipality of two. */
function poolOf(region: string): string {
  const province = region.slice(0, 2);
  return municipalities.has(province) ? province : region.slice(0, 4);
}
