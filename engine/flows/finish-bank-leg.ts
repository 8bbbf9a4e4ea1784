import { invariant } from '../domain/errors/result.ts';
import type { BankLeg } from '../domain/settlement/bank-leg.ts';
import type { Command } from '../domain/settlement/commands.ts';
import { authoriseRefund, finish, touch, useBankKeys } from './authorise-bank-leg.ts';
import { openReference, traceOf } from './bank-reference.ts';
import type { FlowDeps } from './deps.ts';

/**
 * One step for a bank leg whose time has come: silence becomes a reversal, a reversal is sent, a refund is
 * repeated. A reversal is never dropped: it ends only when the host has answered 00, 12 or 25.
 */
export async function finishBankLeg(deps: FlowDeps, leg: BankLeg): Promise<void> {
  if (leg.state === 'sending') {
    // Its engine died, or could not store the answer. It may have reached the bank.
    await finish(deps, leg, silent(leg, deps.clock.now()));
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
  await reverse(deps, leg, sale);
}

function silent(leg: BankLeg, at: number): Command {
  const { key, settlementId, legNo } = leg;
  return { type: 'bank-silent', key, at, settlementId, legNo, reason: '98' };
}

async function reverse(deps: FlowDeps, leg: BankLeg, sale: BankLeg): Promise<void> {
  const outcome = await deps.bank.reverse({
    ...traceOf(leg),
    kind: leg.kind === 'void' ? 'void' : 'sale',
    amount: leg.amount,
    card: openReference(deps.keys, leg),
    authCode: leg.authCode,
    original: leg.kind === 'void' ? { stan: sale.stan, batch: sale.batch } : undefined,
    reason: leg.reversalReason ?? '98',
  });
  const at = deps.clock.now();
  const { key, settlementId, legNo } = leg;
  if (outcome.kind === 'answered' && outcome.final) {
    const { responseCode } = outcome;
    deps.log.info('reversed', { settlement: settlementId, leg: legNo, response: responseCode });
    await finish(deps, leg, {
      type: 'finish-reversal',
      key,
      at,
      settlementId,
      legNo,
      responseCode,
    });
    return;
  }
  const responseCode = outcome.kind === 'not-sent' ? undefined : outcome.responseCode;
  deps.log.warn('reversal-open', { settlement: settlementId, leg: legNo, attempts: leg.attempts });
  await finish(deps, leg, touch(leg, at, responseCode));
}
