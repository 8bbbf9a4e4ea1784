import { toHex } from '../../base/crypto/bytes.ts';
import type { CardId } from '../../base/ids/ids.ts';
import { isoTime } from '../../base/time/calendar.ts';
import type { ChallengeRequest } from '../../contract/challenge.ts';
import { isStampAhead } from '../../domain/card/card.ts';
import type { Caller, FlowDeps } from '../deps.ts';
import type { FlowAnswer } from '../flow-answer.ts';
import { approved } from '../flow-answer.ts';
import { makeChallenge } from './challenge.ts';

/** Two challenges of one engine never have the same stamp. */
export type StampSource = () => number;

/**
 * Microsecond stamps from a millisecond clock: strictly rising, also when the clock stands still or is set
 * back a little. A clock that was far ahead is followed back: stamps from there would not be taken.
 */
export function createStampSource(now: () => number): StampSource {
  let last = 0;
  return () => {
    const at = now();
    last = isStampAhead(last, at) ? at * 1000 : Math.max(last + 1, at * 1000);
    return last;
  };
}

/** A challenge for the chip in the slot, good for one settlement of this amount at this terminal. */
export function issueChallenge(
  deps: FlowDeps,
  nextStamp: StampSource,
  caller: Caller,
  body: ChallengeRequest,
): FlowAnswer {
  const cardId = body.cardId as CardId;
  const binding = { terminalId: caller.terminal.id, cardId, totalAmount: body.totalAmount };
  // The sale is a few seconds away and will ask the same; the store remembers. Nobody waits for it here.
  deps.store.findCardOwner(cardId).catch(() => undefined);
  const { token, challenge } = makeChallenge(
    deps.keys,
    binding,
    nextStamp(),
    deps.clock.randomBytes(16),
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
