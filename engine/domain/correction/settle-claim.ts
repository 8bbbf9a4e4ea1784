import type { ErrorCode } from '../../base/errors/error-registry.ts';
import { type Fen, formatFen, negateFen } from '../../base/money/fen.ts';
import type { CommandKind, SettlementCommand } from '../command.ts';
import { needsSettlement } from '../command.ts';
import type { Decision, Facts } from '../decision.ts';
import { withoutWrites, withWrites } from '../decision.ts';
import { claimAnswer, declinedAnswer } from '../request/answer.ts';
import type { Claim } from './correction.ts';
import { claimOf, claimPostingNo, openOf } from './correction.ts';

/** The insurer collected a claim from the person, or paid it out: its whole open amount. */
export type SettleClaim = SettlementCommand & {
  readonly type: 'settle-claim';
  /** The open amount that the operator saw: above zero it was collected, below paid out. */
  readonly expected: Fen;
  readonly by: string;
  /** Number of the receipt or transfer. */
  readonly voucher: string;
};

export const settleClaim: CommandKind<SettleClaim> = {
  type: 'settle-claim',
  startsWork: false,
  needs: (command) => ({ ...needsSettlement(command), corrections: true }),
  decide,
};

/** Given twice with one voucher, it is done once. */
function decide(command: SettleClaim, { settlement, claims }: Facts): Decision {
  const { settlementId, expected, by, voucher, at } = command;
  const refuse = (code: ErrorCode, detail?: string) =>
    withoutWrites(declinedAnswer(code, { settlementId, ...(detail !== undefined && { detail }) }));
  if (settlement === undefined) return refuse('SETTLEMENT_NOT_FOUND');
  const claim = claimOf(settlement, claims);
  const open = openOf(claim);
  if (open === 0n && claim.paidBy === by && claim.voucher === voucher)
    return withoutWrites(claimAnswer(claim));
  if (open === 0n) return refuse('CLAIM_NOT_OPEN');
  if (open !== expected) return refuse('CLAIM_CHANGED', `open: ${formatFen(open)}`);
  const payments = claim.payments + 1;
  const done = { paid: claim.owed, payments, changedAt: at, paidBy: by, voucher };
  const settled: Claim = { ...claim, ...done };
  return withWrites(claimAnswer(settled), {
    claim: settled,
    posting: {
      settlementId,
      postingNo: claimPostingNo(payments),
      entries: [
        { account: `person-claim:${claim.region}`, amount: open },
        { account: `agency:${claim.region}`, amount: negateFen(open) },
      ],
    },
    outbox: [{ topic: 'claim.settled', settlementId, payload: { at: String(at) } }],
  });
}
