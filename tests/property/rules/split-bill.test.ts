/**
 * Random packs (bands, cap, chained supplements) on random bills of real item kinds and random
 * yearly totals give what a second implementation in decimals gives.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  addFen,
  type Fen,
  fen,
  formatFen,
  parseFen,
  ZERO,
} from '../../../engine/base/money/fen.ts';
import { splitBill } from '../../../rules/kernel/split-bill.ts';
import type { Accumulators, PricedLine } from '../../../rules/model/bill.ts';
import type { Split } from '../../../rules/model/split.ts';
import { bill, line, packOf } from '../../unit/rules/bill-builder.ts';
import { fenTo, pricedLine } from './any-bill.ts';
import { type OraclePack, splitByOracle, supplementsByOracle } from './split-oracle.ts';

const amountTo = (max: number) => fenTo(max).map(formatFen);
const ratio = fc.oneof(
  fc.constantFrom('0', '1', '2/3', '1/2', '0.7', '0.85', '1/3'),
  fc.integer({ min: 0, max: 10_000 }).map((e4) => (e4 / 10_000).toFixed(4)),
);

const lines = fc.array(pricedLine, { minLength: 1, maxLength: 12 });

const oraclePack: fc.Arbitrary<OraclePack> = fc.record({
  deductible: amountTo(200_000),
  bands: fc
    .tuple(
      fc.uniqueArray(
        fenTo(3_000_000).filter((edge) => edge > 0n),
        { maxLength: 3 },
      ),
      fc.array(ratio, { minLength: 4, maxLength: 4 }),
    )
    .map(([edges, ratios]) => {
      const rising = [...edges].sort((a, b) => (a < b ? -1 : 1));
      const closed = rising.map((edge, index) => ({
        upTo: formatFen(edge),
        ratio: ratios[index] ?? '0',
      }));
      return [...closed, { ratio: ratios[3] ?? '0' }];
    }),
  edges: fc.constantFrom('year-in-scope', 'year-after-deductible'),
  cap: fc.option(amountTo(500_000), { nil: undefined }),
  supplements: fc.array(ratio, { maxLength: 2 }),
});

const year = fc
  .record({ deductible: fenTo(200_000), after: fenTo(2_000_000), fundPaid: fenTo(600_000) })
  .map(({ deductible, after, fundPaid }) => ({
    deductible: formatFen(deductible),
    inScope: formatFen(addFen(deductible, after)),
    fundPaid: formatFen(fundPaid),
  }));

function compiledFrom(pack: OraclePack) {
  const { supplements, cap, bands, ...rest } = pack;
  const payers = supplements.map((ratio, index) => ({ id: `supplement-${index}`, ratio }));
  return packOf({ ...rest, bands: [...bands], payers, ...(cap !== undefined && { cap }) });
}

function oracleLines(bought: readonly PricedLine[]) {
  const e6 = (value: bigint) =>
    `${value / 1_000_000n}.${String(value % 1_000_000n).padStart(6, '0')}`;
  return bought.map((each) => ({
    amount: formatFen(each.amount),
    quantity: e6(each.quantityE4 * 100n),
    price: e6(each.priceE6),
    limit: each.priceLimitE6 === undefined ? undefined : e6(each.priceLimitE6),
    selfPay: e6(BigInt(each.selfPayE4) * 100n),
    hasCode: each.code !== undefined,
  }));
}

test('the integers give what a decimal implementation of the same rules gives', () => {
  fc.assert(
    fc.property(oraclePack, lines, year, amountTo(300_000), (pack, bought, before, account) => {
      const accumulators = {
        'in-scope': before.inScope,
        deductible: before.deductible,
        'fund-paid': before.fundPaid,
      };
      const accountAvailable = parseFen(account) ?? ZERO;
      const split = splitBill(
        compiledFrom(pack),
        bill(bought, { before: accumulators, accountAvailable }),
      );
      const expected = splitByOracle(pack, oracleLines(bought), before, account);
      expect(
        [split.total, split.fullOwnPay, split.overLimit, split.priorSelfPay].map(formatFen),
      ).toEqual(
        [expected.total, expected.own, expected.over, expected.prior].map((part) =>
          part.toFixed(2),
        ),
      );
      expect(formatFen(split.inScope)).toBe(expected.inScope.toFixed(2));
      expect(formatFen(split.deductible)).toBe(expected.deductible.toFixed(2));
      const main = split.funds.find((share) => share.fundType === '310100')?.amount ?? ZERO;
      expect(formatFen(main)).toBe(expected.fund.toFixed(2));
      if (expected.isCapped) return;
      const next = supplementsByOracle(pack.supplements, expected.after.minus(expected.fund));
      expect(formatFen(split.fundTotal)).toBe(expected.fund.plus(next).toFixed(2));
      // The small pack's account pays everything but own-pay and over-limit money.
      const payable = expected.inScope.plus(expected.prior).minus(expected.fund).minus(next);
      const paid = payable.lt(account) ? payable.toFixed(2) : account;
      expect(formatFen(split.accountPay)).toBe(paid);
    }),
    { numRuns: 400 },
  );
});

function applied(before: Accumulators, split: Split): Accumulators {
  const after = new Map(before);
  for (const [name, amount] of split.accumulatorChanges)
    after.set(name, addFen(after.get(name) ?? ZERO, amount));
  return after;
}

test('a year of bills takes the deductible once, keeps to the cap, pays as one bill would', () => {
  const year = fc.array(
    fenTo(60_000).filter((amount) => amount > 0n),
    { minLength: 1, maxLength: 20 },
  );
  const pack = packOf({
    deductible: '1800.00',
    bands: [{ upTo: '3000.00', ratio: '0.70' }, { ratio: '0.60' }],
    cap: '2500.00',
  });
  fc.assert(
    fc.property(year, (bills) => {
      let totals: Accumulators = new Map();
      for (const amount of bills) {
        const input = { ...bill([line(formatFen(amount))]), accumulators: totals };
        totals = applied(totals, splitBill(pack, input));
      }
      const inScope = addFen(...bills);
      const atMost = (limit: Fen) => (inScope < limit ? inScope : limit);
      expect(totals.get('deductible') ?? ZERO).toBe(atMost(fen(180_000n)));
      const paid = totals.get('fund-paid') ?? ZERO;
      expect(paid <= 250_000n).toBe(true);
      // Each bill rounds its own share, by at most half a fen.
      const atOnce = splitBill(pack, bill([line(formatFen(inScope))])).fundTotal;
      const drift = paid > atOnce ? paid - atOnce : atOnce - paid;
      expect(2n * drift <= BigInt(bills.length) + 1n).toBe(true);
    }),
  );
});
