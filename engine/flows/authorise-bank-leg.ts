import type { BankLeg } from '../domain/settlement/bank-leg.ts';
import type { Command } from '../domain/settlement/commands.ts';
import { unknownAnswer } from '../domain/settlement/answers.ts';
import type { BankOutcome, BankReply, BankReversalReason, BankSale, BankUnknownReason } from '../ports/bank.ts';
import type { Terminal } from '../ports/reference.ts';
import { openReference, traceOf } from './bank-reference.ts';
import type { FlowDeps } from './deps.ts';
import type { Answered } from './execute.ts';

/**
 * Asks the bank about a leg that is already durable, and turns its answer into the command that ends (or
 * keeps open) the settlement. A restarted engine comes the same way for refunds.
 */
export async function authoriseSale(
  deps: FlowDeps,
  terminal: Terminal,
  leg: BankLeg,
  sale: BankSale,
): Promise<Answered> {
  useBankKeys(deps, terminal);
  const outcome = await deps.bank.sale(sale);
  return finish(deps, leg, commandForSale(leg, outcome, deps.clock.now()));
}

/** Sends a void, or a refund (again, under the same trace number, after a silence). */
export async function authoriseRefund(
  deps: FlowDeps,
  terminal: Terminal,
  leg: BankLeg,
  original: BankLeg,
): Promise<Answered> {
  useBankKeys(deps, terminal);
  const request = { ...traceOf(leg), amount: leg.amount, card: openReference(deps.keys, leg) };
  const originalRrn = original.rrn ?? '';
  const outcome =
    leg.kind === 'void'
      ? await deps.bank.void({
          ...request,
          original: { stan: original.stan, batch: original.batch },
          originalRrn,
          originalAuthCode: original.authCode,
        })
      : await deps.bank.refund({
          ...request,
          originalRrn,
          originalDate: (original.hostTime ?? '').slice(0, 4),
        });
  return finish(deps, leg, commandForRefund(leg, outcome, deps.clock.now()));
}

/** The MAC key that the terminal's last bank sign-in gave; the client keeps it once installed. */
export function useBankKeys(deps: FlowDeps, terminal: Terminal): void {
  if (terminal.bankKeys === undefined) return;
  const installed = deps.bank.installKeys(terminal.bankTerminalId, terminal.bankKeys.macKeyBlob);
  if (!installed.ok) deps.log.warn('bank-keys-malformed', { terminal: terminal.id });
}

function commandForSale(leg: BankLeg, outcome: BankOutcome, at: number): Command {
  const of = { key: leg.key, at, settlementId: leg.settlementId };
  switch (outcome.kind) {
    case 'approved':
      return { type: 'confirm-debit', ...of, ...replyFacts(outcome.reply) };
    case 'declined':
      return { type: 'release-reservation', ...of, responseCode: outcome.reply.responseCode };
    case 'not-sent':
      return { type: 'release-reservation', ...of, responseCode: undefined };
    case 'unknown':
      return { type: 'bank-silent', ...of, legNo: 0, reason: reversalReason(outcome.reason) };
  }
}

function commandForRefund(leg: BankLeg, outcome: BankOutcome, at: number): Command {
  const of = { key: leg.key, at, settlementId: leg.settlementId };
  const refundNo = leg.legNo;
  switch (outcome.kind) {
    case 'approved':
      return { type: 'finish-refund', ...of, refundNo, isApproved: true, ...replyFacts(outcome.reply) };
    case 'declined':
      return { type: 'finish-refund', ...of, refundNo, isApproved: false, ...replyFacts(outcome.reply) };
    case 'not-sent':
      // Of a repeated refund an earlier copy may have arrived: only a fresh leg may be called off.
      return leg.state === 'sending'
        ? { type: 'finish-refund', ...of, refundNo, isApproved: false, ...nothingSent }
        : touch(leg, at, undefined);
    case 'unknown':
      return leg.state === 'sending'
        ? { type: 'bank-silent', ...of, legNo: refundNo, reason: reversalReason(outcome.reason) }
        : touch(leg, at, outcome.responseCode);
  }
}

const nothingSent = { responseCode: '', rrn: '', authCode: undefined, hostTime: '' };

function replyFacts(reply: BankReply) {
  const { responseCode, rrn, authCode } = reply;
  return { responseCode, rrn, authCode, hostTime: `${reply.hostDate}${reply.hostTime}` };
}

/** Field 39 of the reversal: A0 when the answer's MAC was wrong, 06 when it answered something else, 98 for silence. */
function reversalReason(reason: BankUnknownReason): BankReversalReason {
  switch (reason) {
    case 'bad-mac':
      return 'A0';
    case 'mismatch':
      return '06';
    case 'no-answer':
    case 'connection-lost':
    case 'host-unsure':
      return '98';
  }
}

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

/** One more attempt without an answer: the pause doubles up to a minute, and there is no last attempt. */
export function touch(leg: BankLeg, at: number, responseCode: string | undefined): Command {
  const pauseMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(leg.attempts, 10));
  const { key, settlementId, legNo } = leg;
  const nextAttemptAt = at + pauseMs;
  return { type: 'touch-bank-leg', key, at, settlementId, legNo, nextAttemptAt, responseCode };
}

const FINISH_TRIES = 5;

/**
 * Stores what the bank said. If the store cannot take it now, the leg stays as it is and its deadline hands
 * it to the reversal job: money that the bank has debited is then given back, never kept silently.
 */
export async function finish(deps: FlowDeps, leg: BankLeg, command: Command): Promise<Answered> {
  for (let tries = 1; ; tries++) {
    const result = await deps.store.execute(command);
    if (result.ok) return { answer: result.value.answer, isReplay: false };
    if (tries === FINISH_TRIES || result.error.kind !== 'busy') break;
    await deps.clock.sleep(result.error.retryAfterMs);
  }
  deps.log.warn('bank-answer-not-stored', { settlement: leg.settlementId, leg: leg.legNo });
  const code = leg.kind === 'sale' ? 'BANK_OUTCOME_UNKNOWN' : 'REFUND_IN_PROGRESS';
  return { answer: unknownAnswer(code, leg.settlementId, '', leg.state), isReplay: false };
}
