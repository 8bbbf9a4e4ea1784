/**
 * Stage 3: the fund's bands and its yearly cap. The cap limits what the fund *pays*, so the
 * in-scope money that still fits under it is solved backwards; the rest stands above the cap.
 */
import { type Fen, ZERO } from '../../engine/domain/money/fen.ts';
import type { SplitInput } from '../model/bill.ts';
import type { Band, FundChoice, Pack } from '../model/pack.ts';
import type { SplitStep } from '../model/split.ts';
import { choose } from './choose.ts';
import { divideRounded, divideUp } from './round.ts';
import { deductibleBefore } from './take-deductible.ts';

export type FundPart = {
  readonly choice: FundChoice;
  readonly fundPaid: Fen;
  readonly coinsurance: Fen;
  readonly aboveCap: Fen;
};

/** The position on the band scale before the first fen after the deductible. */
function startOfBands(pack: Pack, input: SplitInput, deductible: Fen): bigint {
  const { inScope, fundPaid } = pack.accumulators;
  const inScopeBefore = input.accumulators.get(inScope) ?? ZERO;
  switch (pack.fund.basis) {
    case 'in-scope-including-deductible':
      return inScopeBefore + deductible;
    case 'in-scope-after-deductible': {
      const after = inScopeBefore - deductibleBefore(pack, input);
      return after > 0n ? after : 0n;
    }
    case 'fund-paid':
      return input.accumulators.get(fundPaid) ?? ZERO;
  }
}

type Walk = {
  readonly den: bigint;
  readonly paysByFund: boolean;
  /** Edge position (fen of in-scope money, or of fund paid) and fund paid so far over `den`. */
  position: bigint;
  paidNum: bigint;
  paid: bigint;
  left: bigint;
  /** What the fund may still pay, over `den`; undefined = no cap. */
  readonly capNum: bigint | undefined;
};

/**
 * In-scope fen that this band takes. On a fund-paid scale the fen that straddles an edge belongs to
 * the next band.
 */
function widthOf(band: Band, walk: Walk): bigint {
  if (band.upTo === undefined) return walk.left;
  if (!walk.paysByFund) return band.upTo - walk.position;
  if (band.num === 0n) return walk.left;
  return ((band.upTo - walk.position) * walk.den - walk.paidNum) / band.num;
}

/** Moves the walk through one band; returns the in-scope fen taken and the fund's fen for them. */
function walkBand(band: Band, walk: Walk, pack: Pack): { taken: bigint; amount: bigint } {
  const width = widthOf(band, walk);
  let taken = walk.left;
  if (width < taken) taken = width;
  if (taken <= 0n) return { taken: 0n, amount: 0n };
  let num = taken * band.num;
  if (walk.capNum !== undefined && walk.paidNum + num > walk.capNum) {
    num = walk.capNum - walk.paidNum;
    taken = divideUp(num, band.num);
  }
  const { mode, bands } = pack.rounding;
  const before = walk.paid;
  walk.paidNum += num;
  walk.paid =
    bands === 'once'
      ? divideRounded(walk.paidNum, walk.den, mode)
      : before + divideRounded(num, walk.den, mode);
  if (walk.capNum !== undefined && walk.paid * walk.den > walk.capNum)
    walk.paid = walk.capNum / walk.den;
  walk.left -= taken;
  if (!walk.paysByFund) walk.position += taken;
  return { taken, amount: walk.paid - before };
}

function capLeft(choice: FundChoice, input: SplitInput): bigint | undefined {
  if (choice.cap === undefined) return undefined;
  const left = choice.cap.amount - (input.accumulators.get(choice.cap.accumulator) ?? ZERO);
  return left > 0n ? left * choice.den : 0n;
}

/**
 * Shares the in-scope money after the deductible between the fund and the person. Amounts in fen.
 */
export function shareFund(
  pack: Pack,
  input: SplitInput,
  money: { readonly inScope: Fen; readonly deductible: Fen },
  steps: SplitStep[],
): FundPart {
  const choice = choose(pack.fund.choices, input);
  const after = money.inScope - money.deductible;
  const walk: Walk = {
    den: choice.den,
    paysByFund: pack.fund.basis === 'fund-paid',
    position: startOfBands(pack, input, money.deductible),
    paidNum: 0n,
    paid: 0n,
    left: after,
    capNum: capLeft(choice, input),
  };
  const { id, source, zh, en } = choice;
  let covered = 0n;
  for (const band of choice.bands) {
    if (walk.left === 0n) break;
    const { taken, amount } = walkBand(band, walk, pack);
    if (taken === 0n) continue;
    covered += taken;
    steps.push({
      stage: 'band',
      payer: pack.fund.fundType,
      base: taken as Fen,
      ratio: band.text,
      amount: amount as Fen,
      rule: id,
      source,
      zh,
      en,
    });
  }
  const aboveCap = (after - covered) as Fen;
  if (aboveCap > 0n) {
    steps.push({
      stage: 'cap',
      payer: 'above-cap',
      base: after as Fen,
      amount: aboveCap,
      rule: id,
      source,
      zh: '超过年度最高支付限额',
      en: 'Above the yearly cap of the fund',
    });
  }
  return {
    choice,
    fundPaid: walk.paid as Fen,
    coinsurance: (covered - walk.paid) as Fen,
    aboveCap,
  };
}
