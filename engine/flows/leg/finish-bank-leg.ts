import { invariant } from '../../base/errors/result.ts';
import type { BankLeg } from '../../domain/leg/bank-leg.ts';
import type { BankReversalOutcome } from '../../ports/bank.ts';
import type { FlowDeps } from '../deps.ts';
import { authoriseRefund, isTooLate, retryUnderNewKeys } from './authorise-bank-leg.ts';
import { installBankKeys } from './bank-sign-in.ts';
import { reversedCommand, unansweredCommand } from './leg-commands.ts';
import { postponeCommand } from './postpone-leg.ts';
import { bankTrace, openCard } from './sealed-card.ts';
import { storeBankAnswer } from './store-bank-answer.ts';

/**
 * Takes one step for a bank leg that is due: claims it, then begins a reversal, sends a reversal, or repeats
 * a refund. A reversal is never dropped: it ends only when the host answers with an approval, 12 or 25. A
 * step that fails postpones the leg, so that others get their turn.
 * @param due as it was read; nothing is done if another engine has claimed it meanwhile
 */
export async function finishBankLeg(deps: FlowDeps, due: BankLeg): Promise<void> {
  const leg = await claim(deps, due);
  if (leg === undefined) return;
  try {
    await takeStep(deps, leg);
  } catch (error) {
    const reason = error instanceof Error ? error.name : 'unknown';
    deps.log.warn('bank-leg-step-failed', { settlement: leg.settlementId, reason });
    await storeBankAnswer(deps, leg, postponeCommand(deps.environment, leg, undefined));
  }
}

/**
 * Claims the leg for the time of a reservation. If the store's outcome is unknown, no step follows, and the
 * lease ends by itself.
 */
async function claim({ store, environment, settings }: FlowDeps, due: BankLeg) {
  const { key, settlementId, legNo } = due;
  const result = await store.execute({
    type: 'claim-leg',
    ...{ key, settlementId, legNo, at: environment.now(), leaseMs: settings.reservationMs },
  });
  return result.ok ? result.value.writes?.bankLeg : undefined;
}

async function takeStep(deps: FlowDeps, leg: BankLeg): Promise<void> {
  if (leg.state === 'sending') {
    // Its engine ended or could not store the answer; the message may have reached the bank.
    await storeBankAnswer(deps, leg, unansweredCommand(leg, deps.environment.now()));
    return;
  }
  const facts = await deps.store.readSettlement(leg.settlementId);
  const settlement = facts?.settlement;
  const debit = facts?.bankLegs.find((known) => known.legNo === 0);
  invariant(settlement !== undefined && debit !== undefined, 'a bank leg belongs to a settlement');
  // Undefined for a terminal that was removed: the leg itself has what the bank needs.
  const terminal = await deps.reference.findTerminal(settlement.terminalId);
  if (leg.state === 'repeating') {
    await authoriseRefund(deps, terminal, leg, debit);
    return;
  }
  await installBankKeys(deps, terminal);
  const outcome = await reverse(deps, leg, debit);
  await retryUnderNewKeys(deps, { leg, terminal, outcome });
}

/**
 * Sends the reversal and stores the outcome.
 * @param debit the settlement's first leg
 * @returns undefined: not sent
 */
async function reverse(
  deps: FlowDeps,
  leg: BankLeg,
  debit: BankLeg,
): Promise<BankReversalOutcome | undefined> {
  const { settlementId: settlement, legNo, attempts } = leg;
  if (isTooLate(deps, leg)) {
    deps.log.warn('reversal-lease-expired', { settlement, leg: legNo });
    await storeBankAnswer(deps, leg, postponeCommand(deps.environment, leg, undefined));
    return undefined;
  }
  const outcome = await deps.bank.reverse({
    ...bankTrace(leg),
    kind: leg.kind === 'void' ? 'void' : 'sale',
    amount: leg.amount,
    card: openCard(deps.keys, leg),
    authCode: leg.authCode,
    original: leg.kind === 'void' ? { stan: debit.stan, batch: debit.batch } : undefined,
    reason: leg.reversalReason ?? '98',
  });
  if (outcome.kind === 'answered' && outcome.final) {
    const { responseCode } = outcome;
    deps.log.info('reversal-finished', { settlement, leg: legNo, response: responseCode });
    await storeBankAnswer(deps, leg, reversedCommand(leg, responseCode, deps.environment.now()));
    return outcome;
  }
  const responseCode = outcome.kind === 'not-sent' ? undefined : outcome.responseCode;
  deps.log.warn('reversal-postponed', { settlement, leg: legNo, attempts });
  await storeBankAnswer(deps, leg, postponeCommand(deps.environment, leg, responseCode));
  return outcome;
}
