/**
 * 退费 under every shipped pack: whatever is given back, and in whatever parcels, in the end everybody has
 * what they had, and no parcel is refused.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Fen, fen, ZERO } from '../../../../../engine/base/money/fen.ts';
import { amountsBack } from '../../../../../engine/domain/refund/refund-amounts.ts';
import type { Settlement } from '../../../../../engine/domain/settlement/settlement.ts';
import { settlementAmounts } from '../../../../../engine/domain/settlement/settlement.ts';
import { splitBill } from '../../../../../rules/kernel/split-bill.ts';
import type { Pack } from '../../../../../rules/model/pack.ts';
import { refundSettlement } from '../../../../support/domain/builders.ts';
import { billFor } from '../../../rules/any-bill.ts';
import { asTheEngineSplits, saleOf, shippedPacks } from '../../any-sale.ts';

const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 8);
const named = shippedPacks.map((pack) => [pack.id, pack] as const);
const sellable = named.filter(([, pack]) => !pack.isTestOnly);

/** Cuts the lines of a bill into parcels, each number saying how many lines go back next. */
const parcelSizes = fc.array(fc.integer({ min: 1, max: 8 }), { minLength: 8, maxLength: 8 });
const order = fc.array(fc.nat(), { minLength: 8, maxLength: 8 });

function parcelsOf<T>(
  lines: readonly T[],
  sizes: readonly number[],
  dice: readonly number[],
): T[][] {
  const left = [...lines];
  const parcels: T[][] = [];
  for (const size of sizes) {
    const count = Math.min(size, left.length);
    if (count === 0) break;
    parcels.push(
      Array.from({ length: count }, (_, i) => left.splice((dice[i] ?? 0) % left.length, 1)).flat(),
    );
  }
  return parcels;
}

type Paid = Pick<Settlement, 'input' | 'refundedLines' | 'amounts'>;

const bills = (pack: Pack) => fc.tuple(billFor(pack), parcelSizes, order);

describe('all lines given back, at once or in parcels', () => {
  test.each(sellable)('%s', (_id, pack) => {
    fc.assert(
      fc.property(bills(pack), ([input, sizes, dice]) => {
        const { store, command, before } = saleOf(pack, input);
        const sold = store.run(command).answer;
        if (pack.factsNeeded.length > 0) {
          expect(sold.code).toBe('POLICY_FACT_MISSING');
          return;
        }
        expect(sold.outcome).toBe('approved');
        const [settlement] = store.settlements.values();
        if (settlement === undefined) throw new Error('sold');
        const lineNos = settlement.input.lines.map(({ lineNo }) => lineNo);
        for (const [turn, lines] of parcelsOf(lineNos, sizes, dice).entries()) {
          const refund = refundSettlement(settlement, { name: `back-${turn}`, lines });
          expect(store.run(refund).answer.outcome).toBe('approved');
        }
        expect(store.settlements.get(settlement.id)?.state).toBe('refunded');
        const [person] = store.persons.values();
        expect(person?.accountBalance).toBe(before.person.accountBalance);
        expect(store.accumulators.size).toBe(1);
        const [totals] = store.accumulators.values();
        for (const [name, amount] of totals?.amounts ?? [])
          expect(amount, name).toBe(before.accumulator.amounts.get(name) ?? ZERO);
        expect(sumsByAccount(store.postings.values()).every((sum) => sum === 0n)).toBe(true);
      }),
      { numRuns },
    );
  });
});

function sumsByAccount(
  postings: Iterable<{
    readonly entries: readonly { readonly account: string; readonly amount: Fen }[];
  }>,
): bigint[] {
  const sums = new Map<string, bigint>();
  for (const { entries } of postings)
    for (const { account, amount } of entries)
      sums.set(account, (sums.get(account) ?? 0n) + amount);
  return [...sums.values()];
}

/** Also of the packs that ask for facts which the engine has of nobody yet. */
describe('the parcels of a payer are what the payer paid', () => {
  test.each(named)('%s', (_id, pack) => {
    fc.assert(
      fc.property(bills(pack), ([bill, sizes, dice]) => {
        const input = asTheEngineSplits(bill);
        const split = splitBill(pack, input);
        let settlement: Paid = { input, refundedLines: [], amounts: settlementAmounts(split) };
        const funds = new Map<string, bigint>();
        const totals = new Map<string, bigint>();
        const lineNos = input.lines.map(({ lineNo }) => lineNo);
        for (const lines of parcelsOf(lineNos, sizes, dice)) {
          const back = amountsBack(settlement, pack, lines);
          if (back === undefined) throw new Error('nobody pays more for fewer lines');
          for (const { field, fundType, amount } of back.funds)
            add(funds, field + fundType, amount);
          for (const [name, amount] of back.accumulatorChanges) add(totals, name, amount);
          const { amounts } = settlement;
          settlement = {
            ...settlement,
            refundedLines: [...settlement.refundedLines, ...lines],
            amounts: {
              total: fen(amounts.total - back.total),
              fundTotal: fen(amounts.fundTotal - back.fundTotal),
              otherTotal: fen(amounts.otherTotal - back.otherTotal),
              accountPay: fen(amounts.accountPay - back.accountPay),
              patientPay: fen(amounts.patientPay - back.patientPay),
            },
          };
        }
        expect(Object.values(settlement.amounts).every((amount) => amount === 0n)).toBe(true);
        for (const { field, fundType, amount } of split.funds)
          add(funds, field + fundType, fen(-amount));
        expect([...funds.values()].every((amount) => amount === 0n)).toBe(true);
        for (const [name, amount] of split.accumulatorChanges) add(totals, name, fen(-amount));
        expect([...totals.values()].every((amount) => amount === 0n)).toBe(true);
      }),
      { numRuns },
    );
  });
});

function add(sums: Map<string, bigint>, name: string, amount: Fen): void {
  sums.set(name, (sums.get(name) ?? 0n) + amount);
}
