/**
 * Refunds out of order over a whole year, under each way to treat later bills: the deductible is never paid
 * twice and never left out, no cap is passed, and in the end everybody has what is theirs.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { currentInput } from '../../../../../engine/domain/correction/correction.ts';
import { byPlace } from '../../../../../engine/domain/refund/later-bills.ts';
import { remainingLines } from '../../../../../engine/domain/refund/refund-amounts.ts';
import type { RefundOrder } from '../../../../../engine/domain/refund/refund-order.ts';
import { whatStands } from '../../../../../engine/domain/refund/what-stands.ts';
import type { Policy } from '../../../../../engine/domain/settlement/policy.ts';
import { packById } from '../../../../../engine/domain/settlement/policy.ts';
import type { Settlement } from '../../../../../engine/domain/settlement/settlement.ts';
import { splitBill } from '../../../../../rules/kernel/split-bill.ts';
import type { Split } from '../../../../../rules/model/split.ts';
import { createPackRegistry } from '../../../../../rules/packs/pack-registry.ts';
import { policy, yuan } from '../../../../support/domain/builders.ts';
import { openYearCounter, type YearCounter } from '../../../../support/domain/year-counter.ts';
import { packOf } from '../../../../unit/rules/bill-builder.ts';
import { settleAllClaims } from './settle-all-claims.ts';

const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 60);

type Step =
  | { readonly kind: 'sell'; readonly fen: readonly number[]; readonly isAccountUsed: boolean }
  /** `line` undefined: all of it. */
  | { readonly kind: 'refund'; readonly bill: number; readonly line: number | undefined }
  | { readonly kind: 'settle-claims' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('sell' as const),
      fen: fc.array(fc.integer({ min: 1, max: 120_000 }), { minLength: 1, maxLength: 3 }),
      isAccountUsed: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('refund' as const),
      bill: fc.nat(),
      line: fc.option(fc.nat(), { nil: undefined }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('settle-claims' as const) }) },
);
const years = fc.array(step, { minLength: 2, maxLength: 18 });

type Region = {
  readonly name: string;
  readonly rules: Policy;
  readonly region: string;
  readonly deductible: { readonly counter: string; readonly fen: bigint };
  /** What the fund pays in a year at most. */
  readonly cap: { readonly counter: string; readonly fen: bigint } | undefined;
};

const capped = packOf({
  deductible: '300.00',
  bands: [{ upTo: '900.00', ratio: '0.50' }, { ratio: '0.85' }],
  cap: '700.00',
  payers: [{ id: 'more', from: ['coinsurance', 'above-cap'], ratio: '0.33' }],
});
const regions: readonly Region[] = [
  {
    name: 'Beijing',
    rules: policy,
    region: '110000',
    deductible: { counter: 'outpatient-deductible', fen: 180_000n },
    cap: undefined,
  },
  {
    name: 'a region with bands, a cap and a second payer',
    rules: createPackRegistry([capped]),
    region: capped.region,
    deductible: { counter: 'deductible', fen: 30_000n },
    cap: { counter: 'fund-paid', fen: 70_000n },
  },
];

type Year = { readonly counter: YearCounter; readonly region: Region; readonly order: RefundOrder };

function openYear(region: Region, order: RefundOrder): Year {
  const accountBalance = yuan('400.00');
  const { rules } = region;
  const of = { region: region.region, accountBalance };
  return { counter: openYearCounter(order, of, { rules }), region, order };
}

function live({ counter }: Year, what: Step): void {
  if (what.kind === 'sell') {
    counter.sell(
      what.fen.map((fen) => `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`),
      { useAccount: what.isAccountUsed },
    );
  } else if (what.kind === 'settle-claims') settleAllClaims(counter);
  else {
    const sold = [...counter.store.settlements.values()];
    const settlement = sold[what.bill % Math.max(sold.length, 1)];
    if (settlement === undefined) return;
    const lines = remainingLines(settlement, []).map(({ lineNo }) => lineNo);
    const line = what.line === undefined ? undefined : lines[what.line % Math.max(lines.length, 1)];
    counter.refund(settlement, line === undefined ? {} : { lines: [line] });
  }
}

/** The bills that stand, as they are split now, in the order of counting. */
function standing({ counter, region }: Year) {
  const { settlements, corrections } = counter.store;
  return [...settlements.values()]
    .filter(({ state }) => state === 'posted')
    .toSorted(byPlace)
    .map((settlement) => {
      const input = currentInput(settlement, [...corrections.values()]);
      const pack = packById(region.rules, settlement.packId);
      const split = splitBill(pack, { ...input, lines: remainingLines(settlement, []) });
      return { settlement, input, split };
    });
}

function sumOf(bills: readonly { readonly split: Split }[], counter: string): bigint {
  return bills.reduce((sum, { split }) => sum + (split.accumulatorChanges.get(counter) ?? 0n), 0n);
}

/** What must hold after every step, whatever the order. */
function checkStanding(year: Year): void {
  const { counter, region } = year;
  const bills = standing(year);
  for (const { settlement, split } of bills) {
    expect(split.patientPay, 'a bill is stored as it is split').toBe(settlement.amounts.patientPay);
    expect(split.fundTotal).toBe(settlement.amounts.fundTotal);
  }
  for (const { amounts } of counter.store.accumulators.values())
    for (const [name, amount] of amounts) expect(amount, name).toBe(sumOf(bills, name));
  const { deductible, cap } = region;
  expect(sumOf(bills, deductible.counter) <= deductible.fen, 'no deductible twice').toBe(true);
  expect(cap === undefined || sumOf(bills, cap.counter) <= cap.fen, 'no cap passed').toBe(true);
}

const amountNames = ['total', 'fundTotal', 'otherTotal', 'accountPay', 'patientPay'] as const;

/** What is said to stand is what is stored; what is said to be refunded is what the refunds say. */
function checkWhatStands({ counter, region }: Year): void {
  const { settlements, corrections, refunds } = counter.store;
  for (const settlement of settlements.values()) {
    const pack = packById(region.rules, settlement.packId);
    const split = splitBill(pack, settlement.input);
    const stands = whatStands(settlement, { pack, split }, [...corrections.values()]);
    if (stands === undefined) continue;
    const back = [...refunds.values()].filter((one) => one.settlementId === settlement.id);
    expect(stands.refunded === undefined).toBe(back.length === 0);
    for (const name of amountNames) {
      expect(stands.net[name], name).toBe(settlement.amounts[name]);
      const refunded = back.reduce((sum, { amounts }) => sum + amounts[name], 0n);
      expect(stands.refunded?.[name] ?? 0n, name).toBe(refunded);
    }
    for (const sums of [stands.net, ...(stands.refunded === undefined ? [] : [stands.refunded])]) {
      const shares = sums.funds.reduce((sum, { amount }) => sum + amount, 0n);
      expect(shares).toBe(sums.fundTotal + sums.otherTotal);
    }
  }
}

/** Where later bills do not simply stand: each is split as in a year in which nothing ever went back. */
function checkAsIfNothingWentBack(year: Year): void {
  const before = new Map<string, bigint>();
  for (const { input, split } of standing(year)) {
    expect(withoutZeros(input.accumulators)).toEqual(withoutZeros(before));
    for (const [name, change] of split.accumulatorChanges)
      before.set(name, (before.get(name) ?? 0n) + change);
  }
}

function withoutZeros(sums: ReadonlyMap<string, bigint>): ReadonlyMap<string, bigint> {
  return new Map([...sums].filter(([, amount]) => amount !== 0n));
}

function accountsOf({ counter }: Year): ReadonlyMap<string, bigint> {
  const sums = new Map<string, bigint>();
  for (const { entries } of counter.store.postings.values())
    for (const { account, amount } of entries) {
      const [kind = ''] = account.split(':');
      sums.set(kind, (sums.get(kind) ?? 0n) + amount);
    }
  return sums;
}

/** What persons owe in our rows is what they owe in the ledger. */
function checkClaims(year: Year): void {
  const { claims, corrections, refunds } = year.counter.store;
  let open = 0n;
  for (const claim of claims.values()) {
    open += claim.owed - claim.paid;
    const of = ({ settlementId }: { readonly settlementId: Settlement['id'] }) =>
      settlementId === claim.settlementId;
    let owed = 0n;
    for (const { before, amounts } of [...corrections.values()].filter(of))
      owed += amounts.patientPay - before.patientPay;
    for (const { claimPay } of [...refunds.values()].filter(of)) owed -= claimPay;
    expect(claim.owed).toBe(owed);
  }
  expect(accountsOf(year).get('person-claim') ?? 0n).toBe(-open);
}

/** A bill so large that what the year still asks for is paid. */
function checkMadeUp(year: Year): void {
  const { counter, region } = year;
  counter.sell(['90000.00'], { useAccount: false });
  const bills = standing(year);
  expect(sumOf(bills, region.deductible.counter), 'no deductible left out').toBe(
    region.deductible.fen,
  );
  const { cap } = region;
  if (cap !== undefined) expect(sumOf(bills, cap.counter), 'no cap short').toBe(cap.fen);
}

/** All goes back, and what is owed is paid: nobody but the person and the counters has moved anything. */
function checkAllBack(year: Year): void {
  const { counter } = year;
  for (const { settlement } of standing(year).toReversed()) counter.refund(settlement);
  expect(standing(year)).toEqual([]);
  settleAllClaims(counter);
  const accounts = accountsOf(year);
  for (const kind of ['fund', 'institution', 'person', 'person-claim'])
    expect(accounts.get(kind) ?? 0n, kind).toBe(0n);
  // Counters and insurer: what the one has too much, the other has paid out.
  expect((accounts.get('cash') ?? 0n) + (accounts.get('agency') ?? 0n)).toBe(0n);
}

describe.each(regions)('$name', (region) => {
  test.each(['keep', 'refuse', 'reprice'] as const)('%s', (order) => {
    fc.assert(
      fc.property(years, (steps) => {
        const year = openYear(region, order);
        for (const one of steps) {
          live(year, one);
          checkStanding(year);
          checkClaims(year);
          checkWhatStands(year);
          if (order === 'reprice') checkAsIfNothingWentBack(year);
        }
        checkMadeUp(year);
        checkAllBack(year);
      }),
      { numRuns },
    );
  });
});

test('the years are rich enough: bills are refused, corrected, owed by persons and to them', () => {
  const seen = new Set<string>();
  const sample = fc.sample(years, { numRuns: 150, seed: 7 });
  for (const region of regions) {
    for (const order of ['keep', 'refuse', 'reprice'] as const) {
      for (const steps of sample) {
        const year = openYear(region, order);
        for (const one of steps) live(year, one);
        for (const { answer } of year.counter.store.requests.values())
          if (answer?.code !== undefined) seen.add(answer.code);
        for (const { owed } of year.counter.store.claims.values())
          seen.add(owed > 0n ? 'owed by' : 'owed to');
        for (const { body } of [...year.counter.store.requests.values()].flatMap(
          ({ answer }) => answer ?? [],
        ))
          if (body.includes('"effect":"stands"')) seen.add('stands');
      }
    }
  }
  expect([...seen]).toEqual(
    expect.arrayContaining(['REFUND_OUT_OF_ORDER', 'owed by', 'owed to', 'stands']),
  );
});
