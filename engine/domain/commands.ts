import { orderCard } from './card/orders/order-card.ts';
import type { CommandKind, PersonCommand } from './command.ts';
import { settleClaim } from './correction/settle-claim.ts';
import { postCredit } from './credit/post-credit.ts';
import { claimLeg } from './leg/claim-leg.ts';
import { lateApproval } from './leg/late-approval.ts';
import { postponeLeg } from './leg/postpone-leg.ts';
import { finishRefund } from './refund/finish-refund.ts';
import { finishVoidReversal } from './refund/finish-void-reversal.ts';
import { refundSettlement } from './refund/refund-settlement.ts';
import { refundUnanswered } from './refund/refund-unanswered.ts';
import { approveResolution } from './resolution/approve-resolution.ts';
import { proposeResolution } from './resolution/propose-resolution.ts';
import { beginReversal } from './settlement/begin-reversal.ts';
import { confirmDebit } from './settlement/confirm-debit.ts';
import { finishReversal } from './settlement/finish-reversal.ts';
import { releaseReservation } from './settlement/release-reservation.ts';
import { settleBill } from './settlement/settle-bill.ts';

/** All commands of the engine. */
export const commandKinds = [
  settleBill,
  confirmDebit,
  releaseReservation,
  beginReversal,
  finishReversal,
  refundSettlement,
  finishRefund,
  refundUnanswered,
  finishVoidReversal,
  claimLeg,
  postponeLeg,
  lateApproval,
  proposeResolution,
  approveResolution,
  settleClaim,
  postCredit,
  orderCard,
] as const;

export type Command = (typeof commandKinds)[number] extends infer Kind
  ? Kind extends CommandKind<infer C>
    ? C
    : never
  : never;

/** Finds the kind of a command by its type. */
export type CommandKinds = (command: PersonCommand) => CommandKind<PersonCommand>;

/**
 * Creates the lookup of command kinds by type. It throws TypeError for an unknown type.
 * @throws TypeError for a type that is registered twice
 */
export function createCommandKinds(kinds: readonly CommandKind<PersonCommand>[]): CommandKinds {
  const byType = new Map(kinds.map((kind) => [kind.type, kind]));
  if (byType.size !== kinds.length) throw new TypeError('two commands of one type');
  return ({ type }) => {
    const kind = byType.get(type);
    if (kind === undefined) throw new TypeError(`no command ${type}`);
    return kind;
  };
}

export const kindOf: CommandKinds = createCommandKinds(commandKinds);
