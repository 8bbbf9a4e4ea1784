import { readAtc } from '../../base/crypto/chip-tags.ts';
import { hostTimeMs } from '../../base/time/calendar.ts';
import type { BankLeg } from '../../domain/leg/bank-leg.ts';
import type { BankOutcome, BankReply } from '../../ports/bank.ts';
import type { FlowDeps } from '../deps.ts';
import { replyFacts } from './leg-commands.ts';

/**
 * Is this approval the answer to this leg, or the bank's copy of an earlier one under the same trace number,
 * which was given out before the database was restored? A card's transaction counter that comes back settles
 * it. Without it, another leg with the same reference and host time proves a copy; a host time long before
 * the leg is a doubt, which is resolved for the patient: the debit is reversed.
 * @param chipData field 55 of the request, hex; empty for voids and refunds
 * @returns the outcome to store; a copy moved nothing for this leg and must not be reversed
 */
export async function judgeApproval(
  deps: FlowDeps,
  leg: BankLeg,
  outcome: BankOutcome,
  chipData = '',
): Promise<BankOutcome> {
  if (outcome.kind !== 'approved') return outcome;
  const verdict = await judge(deps, leg, outcome.reply, readAtc(chipData));
  if (verdict === 'own') return outcome;
  const { settlementId: settlement, stan, batch } = leg;
  deps.log.error('bank-answer-disbelieved', { settlement, stan, batch, verdict });
  if (verdict === 'doubtful') return { kind: 'unknown', reason: 'stale', responseCode: undefined };
  deps.onTraceUsed();
  return { kind: 'not-sent', reason: 'trace-used' };
}

type Verdict = 'own' | 'copy' | 'doubtful';

async function judge(
  { store, settings }: FlowDeps,
  leg: BankLeg,
  reply: BankReply,
  atc: number | undefined,
): Promise<Verdict> {
  if (atc !== undefined && reply.atc !== undefined) return reply.atc === atc ? 'own' : 'copy';
  const { rrn, hostTime } = replyFacts(reply);
  const other = await store.hasOtherLeg(leg, { rrn, hostTime }).catch(() => undefined);
  if (other === undefined) return 'doubtful';
  if (other) return 'copy';
  // A repeated refund gets the host's first answer, so its age says nothing.
  if (leg.kind === 'refund' || leg.openSince === undefined) return 'own';
  const hostMs = hostTimeMs(hostTime, leg.openSince);
  if (hostMs === undefined) return 'own';
  return hostMs < leg.openSince - settings.bankClockToleranceMs ? 'doubtful' : 'own';
}
