/** A counter in Beijing, where the first 1800.00 of a year are the person's: bills and refunds of one year. */
import type { InstitutionCode } from '../../../engine/base/ids/ids.ts';
import { createDecide, type Decide } from '../../../engine/domain/decide.ts';
import type { Person } from '../../../engine/domain/person/person.ts';
import type { RefundOrder } from '../../../engine/domain/refund/refund-order.ts';
import type { RefundSettlement } from '../../../engine/domain/refund/refund-settlement.ts';
import type { SettleBill } from '../../../engine/domain/settlement/settle-bill.ts';
import type { Settlement } from '../../../engine/domain/settlement/settlement.ts';
import type { RenderedDecision } from '../../../engine/render/render-answer.ts';
import type { PricedLine } from '../../../rules/model/bill.ts';
import { line } from '../../unit/rules/bill-builder.ts';
import { createMemoryStore, type MemoryStore } from '../memory/memory-store.ts';
import { card, MORNING, person, policy, refundSettlement, settleBill, yuan } from './builders.ts';

export type Said = Readonly<Record<string, unknown>> & {
  readonly status: number;
  readonly code?: string;
};

export type YearCounter = {
  readonly store: MemoryStore;
  /** Settles a bill of class A lines, one for each amount; it has to be approved or to wait for the bank. */
  sell(amounts: readonly string[], change?: Partial<SettleBill>): Settlement;
  /** What the answer to a bill says. */
  ask(amounts: readonly string[], change?: Partial<SettleBill>): Said;
  refund(of: Settlement, change?: Partial<RefundSettlement>): Said;
  /** A settlement as it stands. */
  now(of: Settlement): Settlement;
  /** An accumulator of the year, in fen. */
  counted(name: string): string;
};

/**
 * @param of the person; without an account unless it says so
 * @param edit puts a bug into the decisions
 * @param isStrict false: without the checks of the database, see createMemoryStore
 */
export function openYearCounter(
  order: RefundOrder,
  of: Partial<Person> = {},
  { rules = policy, edit = (decide: Decide) => decide, isStrict = true } = {},
): YearCounter {
  const decide = createDecide(() => rules, { refundOrder: () => order });
  const store = createMemoryStore(edit(decide), isStrict);
  store.add(person({ region: '110000', accountBalance: yuan('0.00'), ...of }), card());
  let serial = 0;
  const command = (amounts: readonly string[], change: Partial<SettleBill>): SettleBill => {
    serial += 1;
    return settleBill({
      name: `bill-${serial}`,
      at: MORNING + serial * 60_000,
      institution: 'H11010800001' as InstitutionCode,
      careRegion: of.region ?? '110108',
      carePlace: { kind: 'hospital', level: 3, isCommunity: false },
      careType: '11',
      lines: amounts.map(lineOf),
      ...change,
    });
  };
  const ask = (amounts: readonly string[], change: Partial<SettleBill> = {}) =>
    saidOf(store.run(command(amounts, change)));
  return {
    store,
    ask,
    sell(amounts, change = {}) {
      const { settlementId } = ask(amounts, change);
      const settlement = store.settlements.get(String(settlementId));
      if (settlement === undefined) throw new Error('the bill is settled');
      return settlement;
    },
    refund(of, change = {}) {
      serial += 1;
      const at = MORNING + serial * 60_000;
      return saidOf(store.run(refundSettlement(of, { name: `back-${serial}`, at, ...change })));
    },
    now(of) {
      const settlement = store.settlements.get(of.id);
      if (settlement === undefined) throw new Error('it is there');
      return settlement;
    },
    counted(name) {
      const [accumulator] = store.accumulators.values();
      return String(accumulator?.amounts.get(name) ?? 0n);
    },
  };
}

function lineOf(amount: string, index: number): PricedLine {
  return { ...line(amount), lineNo: String(index + 1) };
}

function saidOf({ rendered }: RenderedDecision): Said {
  return { ...(JSON.parse(rendered.body) as object), status: rendered.status };
}
