import { invariant } from '../../base/errors/result.ts';
import type { Command } from '../../domain/commands.ts';
import type { BankLeg } from '../../domain/leg/bank-leg.ts';
import type { BankReversalOutcome } from '../../ports/bank.ts';
import type { FlowDeps } from '../deps.ts';
import {
  authoriseRefund,
  claimOf,
  finish,
  goOnUnderNewKeys,
  isTooLate,
  postpone,
} from './authorise-bank-leg.ts';
import { useBankKeys } from './bank-sign-in.ts';
import { openReference, traceOf } from './sealed-card.ts';

/**
 * One step for a bank leg whose time has come: the leg is claimed, and then silence becomes a reversal, a
 * reversal is sent, or a refund is repeated. A reversal is never dropped: it ends only when the host has
 * answered 00, 12 or 25. A step that fails puts the leg off, so that it does not keep others from their turn.
 * @param due as it was read; another engine may have been faster, and then nothing is done
 */
export async function finishBankLeg(deps: FlowDeps, due: BankLeg): Promise<void> {
  const leg = await claim(deps, due);
  if (leg === undefined) return;
  try {
    await takeStep(deps, leg);
  } catch (error) {
    const reason = error instanceof Error ? error.name : 'unknown';
    deps.log.warn('bank-leg-step-failed', { settlement: leg.settlementId, reason });
    await finish(deps, leg, postpone(deps.clock, leg, undefined));
  }
}

/**
 * For as long as a reservation nobody else works on the leg. If the store does not say whether the claim was
 * taken, no step follows: the lease ends by itself.
 */
async function claim({ store, clock, settings }: FlowDeps, due: BankLeg) {
  const { key, settlementId, legNo } = due;
  const result = await store.execute({
    type: 'claim-leg',
    ...{ key, settlementId, legNo, at: clock.now(), leaseMs: settings.reservationMs },
  });
  return result.ok ? result.value.writes?.bankLeg : undefined;
}

async function takeStep(deps: FlowDeps, leg: BankLeg): Promise<void> {
  if (leg.state === 'sending') {
    // Its engine died, or could not store the answer. It may have reached the bank.
    await finish(deps, leg, unanswered(leg, deps.clock.now()));
    return;
  }
  const facts = await deps.store.readSettlement(leg.settlementId);
  const settlement = facts?.settlement;
  const sale = facts?.bankLegs.find((known) => known.legNo === 0);
  invariant(settlement !== undefined && sale !== undefined, 'a bank leg belongs to a settlement');
  // A terminal that was taken off the register may have left a reversal behind: the leg names it to the bank.
  const terminal = await deps.reference.findTerminal(settlement.terminalId);
  if (leg.state === 'repeating') {
    await authoriseRefund(deps, terminal, leg, sale);
    return;
  }
  useBankKeys(deps, terminal);
  const outcome = await reverse(deps, leg, sale);
  await goOnUnderNewKeys(deps, { leg, terminal, outcome });
}

/** Field 39 of the reversal is 98: no answer. */
function unanswered(leg: BankLeg, at: number): Command {
  const of = claimOf(leg, at);
  const { legNo: refundNo } = leg;
  return refundNo === 0
    ? { type: 'begin-reversal', ...of, reason: '98' }
    : { type: 'refund-unanswered', ...of, refundNo, reason: '98' };
}

function reversed(leg: BankLeg, responseCode: string, at: number): Command {
  const of = claimOf(leg, at);
  const { legNo: refundNo } = leg;
  return refundNo === 0
    ? { type: 'finish-reversal', ...of, responseCode }
    : { type: 'finish-void-reversal', ...of, refundNo, responseCode };
}

/** @returns what the bank said; undefined: it was not asked */
async function reverse(
  deps: FlowDeps,
  leg: BankLeg,
  sale: BankLeg,
): Promise<BankReversalOutcome | undefined> {
  const { settlementId: settlement, legNo, attempts } = leg;
  if (isTooLate(deps, leg)) {
    deps.log.warn('reversal-lease-over', { settlement, leg: legNo });
    await finish(deps, leg, postpone(deps.clock, leg, undefined));
    return undefined;
  }
  const outcome = await deps.bank.reverse({
    ...traceOf(leg),
    kind: leg.kind === 'void' ? 'void' : 'sale',
    amount: leg.amount,
    card: openReference(deps.keys, leg),
    authCode: leg.authCode,
    original: leg.kind === 'void' ? { stan: sale.stan, batch: sale.batch } : undefined,
    reason: leg.reversalReason ?? '98',
  });
  if (outcome.kind === 'answered' && outcome.final) {
    const { responseCode } = outcome;
    deps.log.info('reversed', { settlement, leg: legNo, response: responseCode });
    await finish(deps, leg, reversed(leg, responseCode, deps.clock.now()));
    return outcome;
  }
  const responseCode = outcome.kind === 'not-sent' ? undefined : outcome.responseCode;
  deps.log.warn('reversal-open', { settlement, leg: legNo, attempts });
  await finish(deps, leg, postpone(deps.clock, leg, responseCode));
  return outcome;
}
