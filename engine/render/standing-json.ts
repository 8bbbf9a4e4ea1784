import { nationalFields } from '../../rules/explain/national-fields.ts';
import type { FundShare, SplitAmounts } from '../../rules/model/split.ts';
import type { Fen } from '../base/money/fen.ts';
import { addFen, formatFen, ZERO } from '../base/money/fen.ts';
import type { Claim, Correction } from '../domain/correction/correction.ts';
import type { Refund } from '../domain/refund/refund.ts';
import { negated } from '../domain/refund/split-sums.ts';
import { whatStands } from '../domain/refund/what-stands.ts';
import type { Explained } from '../domain/request/answer.ts';
import type { Settlement } from '../domain/settlement/settlement.ts';
import { payersDocument } from './amounts-json.ts';

/** A settlement as it is read, with what became of it. */
export type ReadBill = {
  readonly settlement: Settlement;
  readonly explained: Explained;
  readonly refunds: readonly Refund[];
  readonly corrections: readonly Correction[];
  readonly claim: Claim | undefined;
};

/**
 * The members `refunded` and `net` of a settlement that is read; none when it stands as on its day. National
 * fields of what went back are negative.
 */
export function standingMembers(bill: ReadBill): object {
  const { settlement, explained, refunds, corrections, claim } = bill;
  const stands = whatStands(settlement, explained, corrections);
  if (stands === undefined) return {};
  const { refunded, net } = stands;
  const { tender } = settlement;
  const done = refunds.filter(({ state }) => state === 'done');
  const forgiven = addFen(...done.map(({ claimPay }) => claimPay));
  return {
    ...(refunded !== undefined && {
      refunded: sumsDocument(refunded, negated(refunded), { tender, claimPay: forgiven }),
    }),
    net: sumsDocument(net, net, { tender, claimPay: claim?.owed ?? ZERO }),
  };
}

function sumsDocument(
  sums: SplitAmounts,
  national: SplitAmounts,
  { tender, claimPay }: Pick<Settlement, 'tender'> & { readonly claimPay: Fen },
): object {
  return {
    amounts: {
      total: formatFen(sums.total),
      fullOwnPay: formatFen(sums.fullOwnPay),
      overLimit: formatFen(sums.overLimit),
      priorSelfPay: formatFen(sums.priorSelfPay),
      inScope: formatFen(sums.inScope),
      deductible: formatFen(sums.deductible),
      ...payersDocument(sums, tender, claimPay),
      ...(claimPay !== 0n && { claimPay: formatFen(claimPay) }),
    },
    national: nationalFields(national),
    funds: sums.funds.map(fundDocument),
  };
}

function fundDocument({ field, fundType, amount, counted }: FundShare): object {
  return { field, fundType, amount: formatFen(amount), counted };
}
