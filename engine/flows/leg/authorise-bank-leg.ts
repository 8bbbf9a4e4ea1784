import type { Command } from '../../domain/commands.ts';
import type { BankLeg } from '../../domain/leg/bank-leg.ts';
import { isDue } from '../../domain/leg/leg.ts';
import { isRefusalOfCopy } from '../../domain/leg/response-codes.ts';
import type {
  BankDebit,
  BankOutcome,
  BankReply,
  BankReversalReason,
  BankUnknownReason,
} from '../../ports/bank.ts';
import type { Environment } from '../../ports/environment.ts';
import type { Terminal } from '../../ports/reference.ts';
import type { FlowDeps } from '../deps.ts';
import type { Answered } from '../execute-command.ts';
import type { AttemptedLeg } from './bank-sign-in.ts';
import { installBankKeys, renewRefusedKeys } from './bank-sign-in.ts';
import { bankTrace, openCard } from './sealed-card.ts';

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
  installBankKeys(deps, terminal);
  const outcome = isTooLate(deps, leg) ? tooLate : await deps.bank.sale(debit);
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
  installBankKeys(deps, terminal);
  const outcome = isTooLate(deps, leg) ? tooLate : await sendRefundLeg(deps, leg, original);
  const answered = await storeBankAnswer(deps, leg, refundCommand(deps, leg, outcome));
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

function debitCommand(leg: BankLeg, outcome: BankOutcome, at: number): Command {
  const claim = claimFields(leg, at);
  switch (outcome.kind) {
    case 'approved':
      return {
        type: 'confirm-debit',
        ...claim,
        ...replyFacts(outcome.reply),
        issuerAuthData: outcome.reply.issuerAuthData,
      };
    case 'declined':
      return { type: 'release-reservation', ...claim, responseCode: outcome.reply.responseCode };
    case 'not-sent':
      return { type: 'release-reservation', ...claim, responseCode: undefined };
    case 'unknown':
      return { type: 'begin-reversal', ...claim, reason: reversalReason(outcome.reason) };
  }
}

/** The fields of a command on a claimed leg: the leg's settlement, and the fence of the claim. */
export function claimFields({ key, settlementId, fence }: BankLeg, at: number) {
  return { key, at, settlementId, fence };
}

function refundCommand(deps: FlowDeps, leg: BankLeg, outcome: BankOutcome): Command {
  const claim = claimFields(leg, deps.environment.now());
  const refundNo = leg.legNo;
  // An earlier copy of a repeated refund may have arrived, so a refusal of one copy ends only a fresh leg.
  const isFresh = leg.state === 'sending';
  switch (outcome.kind) {
    case 'approved':
    case 'declined': {
      const facts = replyFacts(outcome.reply);
      const isOfCopy = outcome.kind === 'declined' && isRefusalOfCopy(facts.responseCode);
      if (isOfCopy && !isFresh) return postponeCommand(deps.environment, leg, facts.responseCode);
      return { type: 'finish-refund', ...claim, refundNo, outcome: outcome.kind, ...facts };
    }
    case 'not-sent':
      return isFresh
        ? { type: 'finish-refund', ...claim, refundNo, outcome: 'not-sent', ...emptyReply }
        : postponeCommand(deps.environment, leg, undefined);
    case 'unknown':
      return isFresh
        ? { type: 'refund-unanswered', ...claim, refundNo, reason: reversalReason(outcome.reason) }
        : postponeCommand(deps.environment, leg, outcome.responseCode);
  }
}

const emptyReply = { responseCode: '', rrn: '', authCode: undefined, hostTime: '' };

function replyFacts(reply: BankReply) {
  const { responseCode, rrn, authCode } = reply;
  // The refund takes the date from the first four digits, so a time without a date is dropped.
  const hostTime = reply.hostDate === '' ? '' : `${reply.hostDate}${reply.hostTime}`;
  return { responseCode, rrn, authCode, hostTime };
}

/** Field 39 of the reversal: A0 for a wrong MAC, 06 for an answer to something else, 98 for no answer. */
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

/** First and longest pause between two attempts, ms. */
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 60_000;

/**
 * The command after an attempt without an answer. The pause doubles from one second to one minute; attempts
 * never end. A random pause between half and all of it keeps legs of the same failure from returning at the
 * same moment.
 */
export function postponeCommand(
  environment: Pick<Environment, 'now' | 'randomBytes'>,
  leg: BankLeg,
  responseCode: string | undefined,
): Command {
  const pauseMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(leg.attempts, 10));
  const [high = 0, low = 0] = environment.randomBytes(2);
  const share = (high * 256 + low) / 65_535;
  const at = environment.now();
  const nextAttemptAt = at + Math.round((pauseMs * (1 + share)) / 2);
  const { legNo } = leg;
  return { type: 'postpone-leg', ...claimFields(leg, at), legNo, nextAttemptAt, responseCode };
}

/** Attempts to store a bank answer, and the pause after the first, ms. */
const STORE_TRIES = 5;
const STORE_PAUSE_MS = 200;

/**
 * Stores the bank's answer. Every command is harmless when repeated, so it is retried after any failure. If
 * it cannot be stored, the leg stays open and the bank-legs job takes it at its deadline: a debit is then
 * reversed, never kept unnoticed.
 * @returns undefined if it could not be stored
 */
export async function storeBankAnswer(
  deps: FlowDeps,
  leg: BankLeg,
  command: Command,
): Promise<Answered | undefined> {
  for (let tries = 1; tries <= STORE_TRIES; tries++) {
    const result = await deps.store.execute(command);
    if (result.ok) {
      const { answer, rendered } = result.value;
      return { answer, rendered, isReplay: false };
    }
    const { error } = result;
    await deps.environment.sleep(
      error.kind === 'busy' ? error.retryAfterMs : STORE_PAUSE_MS * tries,
    );
  }
  deps.log.warn('bank-answer-storage-failed', { settlement: leg.settlementId, leg: leg.legNo });
  return undefined;
}
