import type { FundShare, SplitAmounts } from '../../../rules/model/split.ts';
import type { Fen } from '../../base/money/fen.ts';
import { addFen, fen, negateFen, ZERO } from '../../base/money/fen.ts';

/**
 * The amounts of one split less those of another, the shares summed by payer. A payer of `then` alone has a
 * negative share.
 * @param then undefined: nothing
 */
export function splitDifference(now: SplitAmounts, then: SplitAmounts | undefined): SplitAmounts {
  const less = (name: Exclude<keyof SplitAmounts, 'funds'>): Fen =>
    fen(now[name] - (then?.[name] ?? ZERO));
  const taken = (then?.funds ?? []).map(negatedShare);
  return {
    total: less('total'),
    fullOwnPay: less('fullOwnPay'),
    overLimit: less('overLimit'),
    priorSelfPay: less('priorSelfPay'),
    inScope: less('inScope'),
    deductible: less('deductible'),
    funds: sharesByPayer([...now.funds, ...taken]),
    fundTotal: less('fundTotal'),
    otherTotal: less('otherTotal'),
    accountPay: less('accountPay'),
    familyPay: less('familyPay'),
    patientPay: less('patientPay'),
  };
}

/** Every amount with the opposite sign. */
export function negated(amounts: SplitAmounts): SplitAmounts {
  return splitDifference(splitDifference(amounts, amounts), amounts);
}

/** Sums shares by payer: two rules of a pack may use one fund. */
function sharesByPayer(all: readonly FundShare[]): readonly FundShare[] {
  const shares = new Map<string, FundShare>();
  for (const share of all) {
    const payer = `${share.field} ${share.fundType} ${share.counted}`;
    const amount = addFen(share.amount, shares.get(payer)?.amount ?? ZERO);
    shares.set(payer, { ...share, amount });
  }
  return [...shares.values()];
}

function negatedShare(share: FundShare): FundShare {
  return { ...share, amount: negateFen(share.amount) };
}
