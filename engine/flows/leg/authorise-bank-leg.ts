import type { BankLeg } from '../../domain/leg/bank-leg.ts';
import { isDue } from '../../domain/leg/leg.ts';
import type { BankDebit, BankOutcome } from '../../ports/bank.ts';
import type { Terminal } from '../../ports/reference.ts';
import type { FlowDeps } from '../deps.ts';
import type { Answered } from '../execute-command.ts';
import type { AttemptedLeg } from './bank-sign-in.ts';
import { installBankKeys, renewRefusedKeys } from './bank-sign-in.ts';
import { judgeApproval } from './judge-approval.ts';
import { claimFields, debitCommand, refundCommand } from './leg-commands.ts';
import { bankTrace, openCard } from './sealed-card.ts';
import { storeBankAnswer } from './store-bank-answer.ts';

/**
 * Sends the debit of a durable leg to the bank and stores the outcome with the command that ends the
 * settlement or begins its reversal.
 * @returns undefined if the outcome could not be stored: then it is unknown
 */
export async function authoriseDebit(
  deps: FlowDeps,
  terminal: Terminal,
  leg: BankLeg,
  debit: BankDebit,
): Promise<Answered | undefined> {
  await installBankKeys(deps, terminal);
  const answered = isTooLate(deps, leg) ? tooLate : await deps.bank.sale(debit);
  const outcome = await judgeApproval(deps, leg, answered, debit.chipData);
  return storeBankAnswer(deps, leg, debitCommand(leg, outcome, deps.environment.now()));
}

/**
 * Sends a void or refund, also again: an unanswered refund is repeated under the same trace number.
 * @param original the leg of the debit
 * @returns as `authoriseDebit`
 */
export async function authoriseRefund(
  deps: FlowDeps,
  terminal: Terminal | undefined,
  leg: BankLeg,
  original: BankLeg,
): Promise<Answered | undefined> {
  await installBankKeys(deps, terminal);
  const answer = isTooLate(deps, leg) ? tooLate : await sendRefundLeg(deps, leg, original);
  const outcome = await judgeApproval(deps, leg, answer);
  const answered = await storeBankAnswer(deps, leg, refundCommand(deps.environment, leg, outcome));
  await retryUnderNewKeys(deps, { leg, terminal, outcome });
  return answered;
}

/** Renews refused keys (see `renewRefusedKeys`); if that succeeds, the leg is due again at once. */
export async function retryUnderNewKeys(deps: FlowDeps, attempted: AttemptedLeg): Promise<void> {
  if (!(await renewRefusedKeys(deps, attempted))) return;
  const { leg } = attempted;
  const claim = claimFields(leg, deps.environment.now());
  const due = { legNo: leg.legNo, nextAttemptAt: claim.at, responseCode: undefined };
  await storeBankAnswer(deps, leg, { type: 'postpone-leg', ...claim, ...due });
}

function sendRefundLeg(deps: FlowDeps, leg: BankLeg, original: BankLeg): Promise<BankOutcome> {
  const request = { ...bankTrace(leg), amount: leg.amount, card: openCard(deps.keys, leg) };
  const originalRrn = original.rrn ?? '';
  return leg.kind === 'void'
    ? deps.bank.void({
        ...request,
        original: { stan: original.stan, batch: original.batch },
        originalRrn,
        originalAuthCode: original.authCode,
      })
    : deps.bank.refund({
        ...request,
        originalRrn,
        originalDate: (original.hostTime ?? '').slice(0, 4),
      });
}

/**
 * Is it too late to send? A process that was paused after the commit must not send: another engine may have
 * claimed the leg. A message is sent only within the first half of the leg's reservation or lease.
 */
export function isTooLate({ environment, settings }: FlowDeps, leg: BankLeg): boolean {
  return isDue(leg.nextAttemptAt ?? 0, environment.now() + settings.reservationMs / 2);
}

const tooLate: BankOutcome = { kind: 'not-sent', reason: 'busy' };
