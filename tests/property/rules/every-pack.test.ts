/**
 * What holds for every bill under every pack, shipped and made for the tests. Each law is tried on
 * thousands of random bills; PROPERTY_RUNS raises the number for one pack.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addFen, type Fen, fen, ZERO } from '../../../engine/base/money/fen.ts';
import { nationalFields } from '../../../rules/explain/national-fields.ts';
import { explainBill, splitBill } from '../../../rules/kernel/split-bill.ts';
import type { PricedLine, SplitInput } from '../../../rules/model/bill.ts';
import type { Pack } from '../../../rules/model/pack.ts';
import { isHospitalPart } from '../../../rules/model/pack-file-payers.ts';
import type { Split, Stage } from '../../../rules/model/split.ts';
import { loadPacks } from '../../../rules/packs/load-packs.ts';
import { examplePacks } from '../../golden/rules/example.ts';
import { yuan } from '../../unit/rules/bill-builder.ts';
import { billFor, fenTo } from './any-bill.ts';

const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 20);
const packs = [...loadPacks(), ...examplePacks];

function forEachPack(law: (pack: Pack) => void): void {
  describe.each(packs.map((pack) => [pack.id, pack] as const))('%s', (_id, pack) => {
    test('holds', () => law(pack));
  });
}

function sumOf(split: Split, stages: readonly Stage[]): bigint {
  let sum = 0n;
  for (const step of split.steps) if (stages.includes(step.stage)) sum += step.amount;
  return sum;
}

describe('parts sum, nothing is negative, and the steps rebuild the split', () => {
  forEachPack((pack) => {
    fc.assert(
      fc.property(billFor(pack), (input) => {
        const split = explainBill(pack, input);
        const { fullOwnPay, overLimit, priorSelfPay, inScope, fundTotal, otherTotal } = split;
        const { accountPay, familyPay, patientPay } = split;
        expect(addFen(...input.lines.map((line) => line.amount))).toBe(split.total);
        expect(addFen(fullOwnPay, overLimit, priorSelfPay, inScope)).toBe(split.total);
        const payers = [fundTotal, otherTotal, accountPay, familyPay, patientPay];
        expect(addFen(...payers)).toBe(split.total);
        const parts = [fullOwnPay, overLimit, priorSelfPay, inScope, split.deductible];
        expect([...payers, ...parts].every((part) => part >= 0n)).toBe(true);
        expect(accountPay <= input.accountAvailable).toBe(true);
        expect(sumOf(split, ['full-own-pay', 'over-limit', 'prior-self-pay', 'in-scope'])).toBe(
          split.total,
        );
        expect(sumOf(split, ['band', 'guarantee'])).toBe(addFen(fundTotal, otherTotal));
        expect(sumOf(split, ['deductible'])).toBe(split.deductible);
        expect(sumOf(split, ['account-first', 'account'])).toBe(accountPay);
        expect(sumOf(split, ['family'])).toBe(familyPay);
        expect(sumOf(split, ['patient'])).toBe(patientPay);
      }),
      { numRuns },
    );
  });
});

describe('the identities of the national interface', () => {
  forEachPack((pack) => {
    fc.assert(
      fc.property(billFor(pack), (input) => {
        const fields = nationalFields(splitBill(pack, input));
        const sum = (...names: readonly (keyof typeof fields)[]) =>
          addFen(...names.map((name) => yuan(fields[name])));
        const total = yuan(fields.medfee_sumamt);
        expect(sum('fulamt_ownpay_amt', 'overlmt_selfpay', 'preselfpay_amt', 'inscp_scp_amt')).toBe(
          total,
        );
        expect(sum('acct_pay', 'acct_mulaid_pay', 'psn_cash_pay')).toBe(yuan(fields.psn_part_amt));
        const uncounted = addFen(
          ...splitBill(pack, input)
            .funds.filter((share) => !share.counted && !isHospitalPart(share.field))
            .map((share) => share.amount),
        );
        expect(
          addFen(
            sum('fund_pay_sumamt', 'hosp_part_amt', 'ownpay_hosp_part', 'psn_part_amt'),
            uncounted,
          ),
        ).toBe(total);
      }),
      { numRuns: Math.ceil(numRuns / 4) },
    );
  });
});

/** What each party owes of a bill, by name. */
function owed(split: Split): ReadonlyMap<string, bigint> {
  return new Map([
    ...split.funds.map((share) => [`${share.field}/${share.fundType}`, share.amount] as const),
    ['persons', split.accountPay + split.familyPay + split.patientPay] as const,
  ]);
}

describe('a larger in-scope line never lowers what anyone owes', () => {
  forEachPack((pack) => {
    // There the hospital pays up to a share of the whole bill, and payers drain each other's buckets.
    if (pack.region === '990000') return;
    fc.assert(
      fc.property(billFor(pack), fenTo(500_000), (input, extra) => {
        const grown: PricedLine = { ...plainLine(extra), lineNo: 'more' };
        const less = owed(splitBill(pack, input));
        const more = owed(splitBill(pack, { ...input, lines: [...input.lines, grown] }));
        // Where every party is rounded by itself, the complement may give way by that fen.
        const slack = pack.file.rounding.chain === 'exact' ? 1n : 0n;
        for (const [who, amount] of less)
          expect((more.get(who) ?? 0n) + slack >= amount, `${who} owes less`).toBe(true);
      }),
      { numRuns },
    );
  });
});

function plainLine(amount: Fen): PricedLine {
  return {
    lineNo: 'plain',
    code: 'XB01ACA056A012020279489',
    name: '阿司匹林肠溶片',
    quantityE4: 10_000n,
    priceE6: amount * 10_000n,
    amount,
    selfPayE4: 0,
    priceLimitE6: undefined,
    itemClass: '01',
    chargeType: '09',
  };
}

function after(input: SplitInput, split: Split): SplitInput {
  const accumulators = new Map(input.accumulators);
  for (const [name, amount] of split.accumulatorChanges)
    accumulators.set(name, addFen(accumulators.get(name) ?? ZERO, amount));
  const left = input.accountAvailable - split.accountPay;
  return {
    ...input,
    accumulators,
    accountAvailable: fen(left),
    accountCurrentYear: fen(
      left < (input.accountCurrentYear ?? 0n) ? left : (input.accountCurrentYear ?? 0n),
    ),
    familyAvailable: fen((input.familyAvailable ?? 0n) - split.familyPay),
  };
}

describe('two bills of a day pay as one bill of their lines, but for rounding', () => {
  const additive = packs.filter((pack) => pack.file.notAdditive === undefined);
  describe.each(additive.map((pack) => [pack.id, pack] as const))('%s', (_id, pack) => {
    test('holds', () => {
      fc.assert(
        fc.property(billFor(pack), fc.nat(8), (input, cut) => {
          const noAccounts = {
            accountAvailable: ZERO,
            accountCurrentYear: ZERO,
            familyAvailable: ZERO,
          };
          const whole = { ...input, ...noAccounts };
          const one = splitBill(pack, whole);
          const first = explainBill(pack, { ...whole, lines: input.lines.slice(0, cut) });
          const rest = { ...after(whole, first), lines: input.lines.slice(cut) };
          const second = explainBill(pack, rest);
          // Each share is rounded by at most half a fen in each bill, and chains hand it on.
          const slack = BigInt(first.steps.length + second.steps.length);
          const drift = one.fundTotal - first.fundTotal - second.fundTotal;
          expect(drift <= slack && -drift <= slack, `drift ${drift}`).toBe(true);
          // Self-pay before the deductible is rounded in each bill; else the deductible is exact.
          const loose = pack.file.outOfAreaSelfPay === undefined ? 0n : 1n;
          const taken = first.deductible + second.deductible - one.deductible;
          expect(taken <= loose && -taken <= loose, `deductible off by ${taken}`).toBe(true);
        }),
        { numRuns },
      );
    });
  });
});

describe('no total passes the cap that limits it', () => {
  forEachPack((pack) => {
    fc.assert(
      fc.property(billFor(pack), (input) => {
        const totals = after(input, splitBill(pack, input)).accumulators;
        for (const cap of fixedCaps(pack)) {
          const before = input.accumulators.get(cap.counter) ?? ZERO;
          const now = totals.get(cap.counter) ?? ZERO;
          expect(now <= cap.amount || now === before, `${cap.counter} ${now}`).toBe(true);
        }
      }),
      { numRuns },
    );
  });
});

/** Caps of a fixed amount for everybody that count in a total of their own payers only. */
function fixedCaps(pack: Pack): readonly { readonly counter: string; readonly amount: Fen }[] {
  const { payers } = pack.file;
  return payers.flatMap((payer) =>
    (payer.caps ?? []).flatMap((cap) => {
      const { counter, amount } = cap;
      if (counter === undefined || counter.includes('/') || cap.when !== undefined) return [];
      if (typeof amount !== 'string' || cap.on !== 'paid') return [];
      const isShared = payers.some((other) => other !== payer && uses(other, counter));
      return isShared ? [] : [{ counter, amount: yuan(amount) }];
    }),
  );
}

function uses(payer: Pack['file']['payers'][number], counter: string): boolean {
  return payer.counter === counter || (payer.caps ?? []).some((cap) => cap.counter === counter);
}

describe('the order of the lines does not matter', () => {
  forEachPack((pack) => {
    fc.assert(
      fc.property(billFor(pack), fc.nat(7), (input, shift) => {
        const turned = [...input.lines.slice(shift), ...input.lines.slice(0, shift)].reverse();
        const { lines: one, steps: _told, ...split } = splitBill(pack, input);
        const {
          lines: other,
          steps: _also,
          ...again
        } = splitBill(pack, { ...input, lines: turned });
        expect(again).toEqual(split);
        expect(new Set(other.map((line) => line.inScope))).toEqual(
          new Set(one.map((line) => line.inScope)),
        );
      }),
      { numRuns: Math.ceil(numRuns / 2) },
    );
  });
});
