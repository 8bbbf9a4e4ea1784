import type { Command } from '../../domain/commands.ts';
import type { BankLeg } from '../../domain/leg/bank-leg.ts';
import type { FlowDeps } from '../deps.ts';
import type { Answered } from '../execute-command.ts';

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
  let reason = '';
  for (let tries = 1; tries <= STORE_TRIES; tries++) {
    const result = await deps.store.execute(command);
    if (result.ok) {
      const { answer, rendered } = result.value;
      return { answer, rendered, isReplay: false };
    }
    const { error } = result;
    reason = error.kind;
    await deps.environment.sleep(
      error.kind === 'busy' ? error.retryAfterMs : STORE_PAUSE_MS * tries,
    );
  }
  const { settlementId: settlement, legNo } = leg;
  deps.log.warn('bank-answer-storage-failed', { settlement, leg: legNo, reason });
  return undefined;
}
