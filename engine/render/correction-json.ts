import { formatFen } from '../base/money/fen.ts';
import { isoTime } from '../base/time/calendar.ts';
import type { Claim, Correction } from '../domain/correction/correction.ts';
import { claimedBy, openOf } from '../domain/correction/correction.ts';
import type { SettlementAmounts } from '../domain/settlement/settlement.ts';

/** What the document of a settlement says of its corrections; nothing when it has none. */
export function correctionMembers(
  corrections: readonly Correction[],
  claim: Claim | undefined,
): object {
  if (corrections.length === 0) return {};
  return {
    corrections: corrections.map(correctionDocument),
    ...(claim !== undefined && { claim: claimAmounts(claim) }),
  };
}

function correctionDocument(correction: Correction): object {
  const { correctionNo, causedBy, refundNo, before, amounts, at } = correction;
  return {
    correctionNo,
    ...{ causedBy, refundNo, at: isoTime(at) },
    before: amountsDocument(before),
    after: amountsDocument(amounts),
    claim: formatFen(claimedBy(correction)),
  };
}

function amountsDocument(amounts: SettlementAmounts): object {
  return {
    total: formatFen(amounts.total),
    fundTotal: formatFen(amounts.fundTotal),
    otherTotal: formatFen(amounts.otherTotal),
    accountPay: formatFen(amounts.accountPay),
    patientPay: formatFen(amounts.patientPay),
  };
}

function claimAmounts(claim: Claim): object {
  const { owed, paid } = claim;
  return { owed: formatFen(owed), paid: formatFen(paid), open: formatFen(openOf(claim)) };
}

/** A claim after it was settled. */
export function claimDocument(claim: Claim): object {
  const { settlementId, region, changedAt } = claim;
  const at = isoTime(changedAt);
  return { outcome: 'approved', settlementId, region, ...claimAmounts(claim), at };
}
