import type { BankLeg } from '../../domain/leg/bank-leg.ts';
import type { BankLateAnswer } from '../../ports/bank.ts';
import type { BankLegReads } from '../../ports/bank-legs.ts';
import type { FlowDeps } from '../deps.ts';
import { storeBankAnswer } from './store-bank-answer.ts';

/** Attempts to read the legs, and the pause after the first, ms. */
const READ_TRIES = 5;
const READ_PAUSE_MS = 500;

/**
 * Handles a bank answer that no request waits for. An approval is matched to its leg by trace and amount, and
 * what it debited is reversed, whatever the settlement has become and whichever engine sent the message. An
 * approval without a matching leg changes nothing and is logged as an error for operators.
 */
export async function handleLateApproval(
  deps: FlowDeps,
  legs: Pick<BankLegReads, 'legsOfTrace'>,
  answer: BankLateAnswer,
): Promise<void> {
  const { terminalId: terminal, stan, batch = 0, responseCode: response } = answer;
  const about = { terminal, stan, batch, response };
  deps.log.warn('late-answer-received', about);
  if (!answer.isApproval) return;
  const found = await readSettledLegs(deps, legs, answer);
  const isOfAmount = ({ amount }: BankLeg) => amount === (answer.amount ?? amount);
  const [leg, ...others] = found?.filter(isOfAmount) ?? [];
  if (leg === undefined || others.length > 0) {
    if (found === undefined) deps.log.error('late-approval-storage-failed', about);
    else deps.log.error('bank-approval-unmatched', about);
    return;
  }
  const { key, settlementId, legNo } = leg;
  const { rrn, authCode } = answer;
  const at = deps.environment.now();
  if (leg.kind === 'refund' && (leg.state === 'declined' || leg.state === 'not-sent')) {
    // A refund has no reversal: the bank's books and the engine's differ until reconciliation.
    deps.log.error('refused-refund-approved', { ...about, settlement: settlementId });
  }
  const command = { type: 'late-approval', key, settlementId, legNo, at, rrn, authCode } as const;
  const stored = await storeBankAnswer(deps, leg, command);
  if (stored === undefined) deps.log.error('late-approval-storage-failed', about);
}

/**
 * The legs of the trace, once none is being sent. The request that waited for a sending leg has still to
 * store its outcome: a refusal stored after this approval was handled would leave the debit unreversed.
 */
async function readSettledLegs(
  { environment }: FlowDeps,
  legs: Pick<BankLegReads, 'legsOfTrace'>,
  answer: BankLateAnswer,
): Promise<readonly BankLeg[] | undefined> {
  let found: readonly BankLeg[] | undefined;
  for (let tries = 1; tries <= READ_TRIES; tries++) {
    found = await legs.legsOfTrace(answer).catch(() => undefined);
    if (found?.every(({ state }) => state !== 'sending')) return found;
    await environment.sleep(READ_PAUSE_MS * tries);
  }
  return found;
}
