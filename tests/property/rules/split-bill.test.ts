/**
 * What holds for every bill. Method: random packs (bands, cap, chained supplements), random bills
 * of real item kinds, random yearly totals; and for the shipped packs, random persons and places.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addFen,
  type Fen,
  fen,
  formatFen,
  parseFen,
  ZERO,
} from '../../../engine/domain/money/fen.ts';
import { lineAmount } from '../../../rules/kernel/line-amount.ts';
import { splitBill } from '../../../rules/kernel/split-bill.ts';
import type { Accumulators, PricedLine, SplitInput } from '../../../rules/model/bill.ts';
import type { Split } from '../../../rules/model/split.ts';
import { loadPacks } from '../../../rules/packs/pack-catalogue.ts';
import { bill, compiled, line, packJson } from '../../unit/rules/bill-builder.ts';
import { type OraclePack, splitByOracle, supplementsByOracle } from './split-oracle.ts';

const fenTo = (max: number) => fc.bigInt(0n, BigInt(max)).map((value) => fen(value));
const amountTo = (max: number) => fenTo(max).map(formatFen);
const ratio = fc.oneof(
  fc.constantFrom('0', '1', '2/3', '1/2', '0.7', '0.85', '1/3'),
  fc.integer({ min: 0, max: 10_000 }).map((e4) => (e4 / 10_000).toFixed(4)),
);

const pricedLine: fc.Arbitrary<PricedLine> = fc
  .record({
    hasCode: fc.boolean(),
    quantityE4: fc.bigInt(1n, 300_000n),
    priceE6: fc.bigInt(1n, 900_000_000n),
    limitE6: fc.option(fc.bigInt(1n, 900_000_000n), { nil: undefined }),
    selfPayE4: fc.constantFrom(0, 0, 500, 1000, 1234, 3000, 10_000),
  })
  .map(({ hasCode, quantityE4, priceE6, limitE6, selfPayE4 }) =>
    line('0.00', {
      code: hasCode ? 'XC08CAB037A001020180517' : undefined,
      quantityE4,
      priceE6,
      amount: lineAmount(quantityE4, priceE6),
      priceLimitE6: limitE6,
      selfPayE4,
    }),
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
  basis: fc.constantFrom('in-scope-including-deductible', 'in-scope-after-deductible'),
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
  const { supplements, cap, ...rest } = pack;
  const entries = supplements.map((share, index) => ({
    id: `supplement-${index}`,
    field: 'hifes_pay',
    fundType: '370100',
    base: { of: 'coinsurance' },
    ratio: share,
  }));
  return compiled(packJson({ ...rest, supplements: entries, ...(cap !== undefined && { cap }) }));
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

const shipped = loadPacks();
const anyInput: fc.Arbitrary<SplitInput> = fc
  .record({
    lines,
    level: fc.constantFrom(1 as const, 2 as const, 3 as const),
    isCommunity: fc.boolean(),
    personType: fc.constantFrom('1101', '1102', '1201', '1202', '1300', '1403'),
    ageYears: fc.integer({ min: 0, max: 99 }),
    traits: fc.subarray([
      ...['main-point', 'second-point', 'referred', 'family-doctor', 'no-second-point-last-year'],
      ...['unit-supplement', 'veteran-aid', 'public-funded'],
    ]),
    inScope: fenTo(3_000_000),
    deductible: fenTo(180_000),
    fundPaid: fenTo(400_000),
    accountAvailable: fenTo(200_000),
  })
  .map(
    ({
      personType,
      ageYears,
      traits,
      level,
      isCommunity,
      lines: bought,
      accountAvailable,
      ...totals
    }) =>
      bill(bought, {
        insured: { personType, ageYears, traits: new Set(traits) },
        carePlace: { kind: 'hospital', level, isCommunity },
        accountAvailable,
        before: {
          'outpatient-in-scope': formatFen(totals.inScope),
          'outpatient-deductible': formatFen(totals.deductible),
          'outpatient-fund-paid': formatFen(totals.fundPaid),
          'second-point-fund-paid': formatFen(totals.fundPaid),
        },
      }),
  );
const anyPack = fc.constantFrom(...shipped);

function sumOf(split: Split, stages: readonly string[]): bigint {
  let sum = 0n;
  for (const step of split.steps) if (stages.includes(step.stage)) sum += step.amount;
  return sum;
}

describe('shipped packs, any person and place', () => {
  test('the parts sum to the whole, none is below zero, and the steps rebuild the split', () => {
    fc.assert(
      fc.property(anyPack, anyInput, (pack, input) => {
        const split = splitBill(pack, input);
        const { fullOwnPay, overLimit, priorSelfPay, inScope, fundTotal, accountPay, patientPay } =
          split;
        expect(addFen(fullOwnPay, overLimit, priorSelfPay, inScope)).toBe(split.total);
        expect(addFen(fundTotal, accountPay, patientPay)).toBe(split.total);
        expect(addFen(...split.funds.map((share) => share.amount))).toBe(fundTotal);
        for (const each of split.lines) {
          const parts = [each.fullOwnPay, each.overLimit, each.priorSelfPay, each.inScope];
          expect(addFen(...parts)).toBe(each.amount);
          expect(parts.every((part) => part >= 0n)).toBe(true);
        }
        expect(split.steps.every((step) => step.amount >= 0n && step.amount <= step.base)).toBe(
          true,
        );
        expect(sumOf(split, ['full-own-pay', 'over-limit', 'prior-self-pay', 'in-scope'])).toBe(
          split.total,
        );
        expect(sumOf(split, ['band', 'supplement'])).toBe(fundTotal);
        expect(sumOf(split, ['deductible'])).toBe(split.deductible);
        expect(sumOf(split, ['account'])).toBe(accountPay);
        expect(sumOf(split, ['patient'])).toBe(patientPay);
        expect(accountPay <= input.accountAvailable).toBe(true);
      }),
    );
  });

  test('every fen names its rule and the source of the rule', () => {
    fc.assert(
      fc.property(anyPack, anyInput, (pack, input) => {
        for (const step of splitBill(pack, input).steps) {
          expect([step.rule, step.source, step.zh, step.en].every((text) => text.length > 0)).toBe(
            true,
          );
        }
      }),
      { numRuns: 30 },
    );
  });

  test('more in-scope money never lowers what the funds pay', () => {
    fc.assert(
      fc.property(anyPack, anyInput, fenTo(100_000), (pack, input, extra) => {
        const more = {
          ...input,
          lines: [...input.lines, { ...line(formatFen(extra)), lineNo: 'extra' }],
        };
        expect(splitBill(pack, more).fundTotal >= splitBill(pack, input).fundTotal).toBe(true);
      }),
    );
  });

  test('the same bill splits the same way every time', () => {
    fc.assert(
      fc.property(anyPack, anyInput, (pack, input) => {
        expect(splitBill(pack, input)).toEqual(splitBill(pack, input));
      }),
      { numRuns: 50 },
    );
  });
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
  const pack = compiled(
    packJson({
      deductible: '1800.00',
      bands: [{ upTo: '3000.00', ratio: '0.70' }, { ratio: '0.60' }],
      cap: '2500.00',
    }),
  );
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
