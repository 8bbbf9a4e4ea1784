import type { BankLeg } from '../../domain/leg/bank-leg.ts';
import type { BankLateAnswer } from '../../ports/bank.ts';
import type { BankLegReads } from '../../ports/bank-legs.ts';
import type { FlowDeps } from '../deps.ts';
import { finish } from './authorise-bank-leg.ts';

const READ_TRIES = 5;
const READ_PAUSE_MS = 500;

/**
 * An answer of the bank that nobody waits for any more. An approval among them is looked up by its trace, and
 * what it debited is reversed: whatever the settlement has become meanwhile, and also when an engine that is
 * no more had sent it. An approval that fits no leg changes nothing and is an error to be looked into.
 */
export async function handleLateApproval(
  deps: FlowDeps,
  legs: Pick<BankLegReads, 'legsOfTrace'>,
  answer: BankLateAnswer,
): Promise<void> {
  const { terminalId: terminal, stan, batch = 0, responseCode: response } = answer;
  const about = { terminal, stan, batch, response };
  deps.log.warn('bank-answer-late', about);
  if (!answer.isApproval) return;
  const found = await legsOf(deps, legs, answer);
  const [leg, ...others] = found?.filter(({ amount }) => amount === answer.amount) ?? [];
  if (leg === undefined || others.length > 0) {
    const event = found === undefined ? 'late-approval-not-stored' : 'bank-approval-of-nobody';
    deps.log.error(event, about);
    return;
  }
  const { key, settlementId, legNo } = leg;
  const { rrn, authCode } = answer;
  const at = deps.clock.now();
  if (leg.kind === 'refund' && (leg.state === 'declined' || leg.state === 'not-sent')) {
    // Nothing undoes a refund: the bank's books and ours differ until they are compared.
    deps.log.error('bank-approval-of-refused-refund', { ...about, settlement: settlementId });
  }
  const word = { type: 'late-approval', key, settlementId, legNo, at, rrn, authCode } as const;
  const stored = await finish(deps, leg, word);
  if (stored === undefined) deps.log.error('late-approval-not-stored', about);
}

/**
 * The legs of the trace. While one is being sent the word of whoever waited for it is still on its way to the
 * store: a refusal that is stored after the approval was looked at would give away what the bank holds.
 */
async function legsOf(
  { clock }: FlowDeps,
  legs: Pick<BankLegReads, 'legsOfTrace'>,
  answer: BankLateAnswer,
): Promise<readonly BankLeg[] | undefined> {
  let found: readonly BankLeg[] | undefined;
  for (let tries = 1; tries <= READ_TRIES; tries++) {
    found = await legs.legsOfTrace(answer).catch(() => undefined);
    if (found?.every(({ state }) => state !== 'sending')) return found;
    await clock.sleep(READ_PAUSE_MS * tries);
  }
  return found;
}
