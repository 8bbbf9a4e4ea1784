import { toHex } from '../../base/crypto/bytes.ts';
import type { CardId } from '../../base/ids/ids.ts';
import { isoTime } from '../../base/time/calendar.ts';
import type { ChallengeRequest } from '../../contract/challenge.ts';
import { isStampAhead } from '../../domain/card/card.ts';
import type { Caller, FlowDeps } from '../deps.ts';
import type { FlowAnswer } from '../flow-answer.ts';
import { approved } from '../flow-answer.ts';
import { makeChallenge } from './challenge.ts';

/** Gives a new stamp (µs) each time: unique and rising within one engine. */
export type StampSource = () => number;

/**
 * Microsecond stamps from a millisecond clock: strictly rising, also when the clock stops or is set back a
 * little. After a clock that was far ahead they follow it back, because such stamps are refused.
 */
export function createStampSource(now: () => number): StampSource {
  let last = 0;
  return () => {
    const at = now();
    last = isStampAhead(last, at) ? at * 1000 : Math.max(last + 1, at * 1000);
    return last;
  };
}

/** Issues a challenge for one settlement of this card and amount at this terminal. */
export function issueChallenge(
  deps: FlowDeps,
  nextStamp: StampSource,
  caller: Caller,
  body: ChallengeRequest,
): FlowAnswer {
  const cardId = body.cardId as CardId;
  const binding = { terminalId: caller.terminal.id, cardId, totalAmount: body.totalAmount };
  // Fills the store's cache for the settlement that follows in a few seconds; not awaited.
  deps.store.findCardOwner(cardId).catch(() => undefined);
  const { token, challenge } = makeChallenge(
    deps.keys,
    binding,
    nextStamp(),
    deps.environment.randomBytes(16),
  );
  const expiresAt = isoTime(Math.floor(challenge.stamp / 1000) + deps.settings.challengeMs);
  const document = {
    challenge: token,
    factor: toHex(challenge.factor),
    source: toHex(challenge.source),
    expiresAt,
  };
  return { kind: 'document', ...approved, isNew: true, document };
}
