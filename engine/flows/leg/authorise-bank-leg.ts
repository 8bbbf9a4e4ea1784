import type { Command } from '../../domain/commands.ts';
import type { BankLeg } from '../../domain/leg/bank-leg.ts';
import { isDue } from '../../domain/leg/leg.ts';
import { isRefusalOfCopy } from '../../domain/leg/response-codes.ts';
import type {
  BankOutcome,
  BankReply,
  BankReversalReason,
  BankSale,
  BankUnknownReason,
} from '../../ports/bank.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Terminal } from '../../ports/reference.ts';
import type { FlowDeps } from '../deps.ts';
import type { Answered } from '../execute-command.ts';
import type { Refusal } from './bank-sign-in.ts';
import { renewRefusedKeys, useBankKeys } from './bank-sign-in.ts';
import { openReference, traceOf } from './sealed-card.ts';

/**
 * Asks the bank about a leg that is already durable, and turns its answer into the command that ends (or
 * keeps open) the settlement. An engine that has claimed a refund's leg comes the same way.
 * @returns undefined if the store could not take the bank's answer: then nobody knows yet
 */
export async function authoriseSale(
  deps: FlowDeps,
  terminal: Terminal,
  leg: BankLeg,
  sale: BankSale,
): Promise<Answered | undefined> {
  useBankKeys(deps, terminal);
  const outcome = isTooLate(deps, leg) ? tooLate : await deps.bank.sale(sale);
  return finish(deps, leg, commandForSale(leg, outcome, deps.clock.now()));
}

/** Sends a void, or a refund (again, under the same trace number, after a silence). */
export async function authoriseRefund(
  deps: FlowDeps,
  terminal: Terminal | undefined,
  leg: BankLeg,
  original: BankLeg,
): Promise<Answered | undefined> {
  useBankKeys(deps, terminal);
  const outcome = isTooLate(deps, leg) ? tooLate : await askBack(deps, leg, original);
  const answered = await finish(deps, leg, commandForRefund(deps, leg, outcome));
  await goOnUnderNewKeys(deps, { leg, terminal, outcome });
  return answered;
}

/** After a refusal for the keys, see `renewRefusedKeys`: with new ones the leg has nothing to wait for. */
export async function goOnUnderNewKeys(deps: FlowDeps, refusal: Refusal): Promise<void> {
  if (!(await renewRefusedKeys(deps, refusal))) return;
  const { leg } = refusal;
  const again = claimOf(leg, deps.clock.now());
  const due = { legNo: leg.legNo, nextAttemptAt: again.at, responseCode: undefined };
  await finish(deps, leg, { type: 'postpone-leg', ...again, ...due });
}

function askBack(deps: FlowDeps, leg: BankLeg, original: BankLeg): Promise<BankOutcome> {
  const request = { ...traceOf(leg), amount: leg.amount, card: openReference(deps.keys, leg) };
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
 * A process that stood still between the commit and the sending must not send any more: another engine may
 * have taken the leg over already. So a message leaves within the first half of the time for which the leg
 * is in hand (the reservation of a fresh leg, the lease of a claimed one), or not at all.
 */
export function isTooLate({ clock, settings }: FlowDeps, leg: BankLeg): boolean {
  return isDue(leg.nextAttemptAt ?? 0, clock.now() + settings.reservationMs / 2);
}

const tooLate: BankOutcome = { kind: 'not-sent', reason: 'busy' };

function commandForSale(leg: BankLeg, outcome: BankOutcome, at: number): Command {
  const of = claimOf(leg, at);
  switch (outcome.kind) {
    case 'approved':
      return {
        type: 'confirm-debit',
        ...of,
        ...replyFacts(outcome.reply),
        issuerAuthData: outcome.reply.issuerAuthData,
      };
    case 'declined':
      return { type: 'release-reservation', ...of, responseCode: outcome.reply.responseCode };
    case 'not-sent':
      return { type: 'release-reservation', ...of, responseCode: undefined };
    case 'unknown':
      return { type: 'begin-reversal', ...of, reason: reversalReason(outcome.reason) };
  }
}

/** Whose leg, and under which fence it was taken. */
export function claimOf({ key, settlementId, fence }: BankLeg, at: number) {
  return { key, at, settlementId, fence };
}

function commandForRefund(deps: FlowDeps, leg: BankLeg, outcome: BankOutcome): Command {
  const of = claimOf(leg, deps.clock.now());
  const refundNo = leg.legNo;
  // Of a repeated refund an earlier copy may have arrived: what concerns one copy calls off a fresh leg only.
  const isFresh = leg.state === 'sending';
  switch (outcome.kind) {
    case 'approved':
    case 'declined': {
      const facts = replyFacts(outcome.reply);
      const isOfCopy = outcome.kind === 'declined' && isRefusalOfCopy(facts.responseCode);
      if (isOfCopy && !isFresh) return postpone(deps.clock, leg, facts.responseCode);
      return { type: 'finish-refund', ...of, refundNo, outcome: outcome.kind, ...facts };
    }
    case 'not-sent':
      return isFresh
        ? { type: 'finish-refund', ...of, refundNo, outcome: 'not-sent', ...nothingSaid }
        : postpone(deps.clock, leg, undefined);
    case 'unknown':
      return isFresh
        ? { type: 'refund-unanswered', ...of, refundNo, reason: reversalReason(outcome.reason) }
        : postpone(deps.clock, leg, outcome.responseCode);
  }
}

const nothingSaid = { responseCode: '', rrn: '', authCode: undefined, hostTime: '' };

function replyFacts(reply: BankReply) {
  const { responseCode, rrn, authCode } = reply;
  // A time without its date would be read as a date by the refund that names this sale.
  const hostTime = reply.hostDate === '' ? '' : `${reply.hostDate}${reply.hostTime}`;
  return { responseCode, rrn, authCode, hostTime };
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

/**
 * One more attempt without an answer. The pause doubles from a second up to a minute, and there is no last
 * attempt. Between half of it and all of it is waited, by chance: legs that the same failure has left behind
 * do not all come back at the same moment.
 */
export function postpone(
  clock: Pick<Clock, 'now' | 'randomBytes'>,
  leg: BankLeg,
  responseCode: string | undefined,
): Command {
  const pauseMs = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(leg.attempts, 10));
  const [high = 0, low = 0] = clock.randomBytes(2);
  const share = (high * 256 + low) / 65_535;
  const at = clock.now();
  const nextAttemptAt = at + Math.round((pauseMs * (1 + share)) / 2);
  const { legNo } = leg;
  return { type: 'postpone-leg', ...claimOf(leg, at), legNo, nextAttemptAt, responseCode };
}

const FINISH_TRIES = 5;
const FINISH_PAUSE_MS = 200;

/**
 * Stores what the bank said; may be given again after any failure, since each command is harmless the second
 * time. If the store cannot take it now, the leg stays as it is and its deadline hands it to the reversal
 * job: money that the bank has debited is then given back, never kept silently.
 * @returns undefined if it could not be stored
 */
export async function finish(
  deps: FlowDeps,
  leg: BankLeg,
  command: Command,
): Promise<Answered | undefined> {
  for (let tries = 1; tries <= FINISH_TRIES; tries++) {
    const result = await deps.store.execute(command);
    if (result.ok) {
      const { answer, rendered } = result.value;
      return { answer, rendered, isReplay: false };
    }
    const { error } = result;
    await deps.clock.sleep(error.kind === 'busy' ? error.retryAfterMs : FINISH_PAUSE_MS * tries);
  }
  deps.log.warn('bank-answer-not-stored', { settlement: leg.settlementId, leg: leg.legNo });
  return undefined;
}
