/** The machine of a leg, for whichever partner it talks to: states along the table, claims, deadlines. */
import { describe, expect, test } from 'vitest';
import { InvariantViolation } from '../../../../../engine/base/errors/result.ts';
import type { SettlementId } from '../../../../../engine/base/ids/ids.ts';
import type { Leg, LegState } from '../../../../../engine/domain/leg/leg.ts';
import {
  claimedLeg,
  closedLeg,
  isCurrent,
  isDue,
  LONGEST_WAIT_MS,
  legTransitions,
  mayLegBecome,
  movedLeg,
  postponedLeg,
} from '../../../../../engine/domain/leg/leg.ts';
import { MORNING, personKey, yuan } from '../../../../support/domain/builders.ts';

/** A leg to the engine of another region: the machine knows nothing of its partner. */
type PeerLeg = Leg & { readonly peer: string };

const leg = (state: LegState = 'sending'): PeerLeg => ({
  key: personKey,
  settlementId: '0701JDFQ8000A1B2C3D4E5F6G7H8' as SettlementId,
  legNo: 0,
  amount: yuan('12.34'),
  state,
  attempts: 0,
  nextAttemptAt: MORNING,
  openSince: MORNING - 1_000,
  fence: 0,
  peer: '310000',
});

const states = Object.keys(legTransitions) as LegState[];

describe('states', () => {
  test.each(states.flatMap((from) => states.map((to) => [from, to] as const)))(
    '%s → %s: as the table says, and nothing else',
    (from, to) => {
      const isLegal = mayLegBecome(from, to);
      expect(isLegal).toBe((legTransitions[from] as readonly string[]).includes(to));
      const isOpen = to === 'sending' || to === 'reversing' || to === 'repeating';
      const step = () => (isOpen ? movedLeg(leg(from), to, MORNING + 1) : closedLeg(leg(from), to));
      if (!isLegal) expect(step).toThrow(InvariantViolation);
      else expect(step()).toMatchObject({ state: to, peer: '310000' });
    },
  );

  test('nothing leads out of what both sides know', () => {
    expect(legTransitions.approved).toEqual([]);
    expect(legTransitions.kept).toEqual([]);
  });

  test('a closed leg has no deadline, a moved one is due at once', () => {
    expect(closedLeg(leg(), 'declined')).toMatchObject({
      nextAttemptAt: undefined,
      openSince: undefined,
    });
    const moved = movedLeg(leg(), 'reversing', MORNING + 5);
    expect(moved).toMatchObject({ nextAttemptAt: MORNING + 5, openSince: MORNING - 1_000 });
    expect(isDue(moved.nextAttemptAt, MORNING + 5)).toBe(true);
  });
});

describe('claims', () => {
  test('whoever held the leg before has lost it', () => {
    const first = claimedLeg(leg(), MORNING + 10_000);
    const second = claimedLeg(first, MORNING + 20_000);
    expect(isCurrent(second, first)).toBe(false);
    expect(isCurrent(second, second)).toBe(true);
    expect(second).toMatchObject({ fence: 2, nextAttemptAt: MORNING + 20_000, state: 'sending' });
  });

  test('an attempt without an answer is counted, and the next one waits', () => {
    const postponed = postponedLeg(leg('reversing'), MORNING + 1_000);
    expect(postponed).toMatchObject({ attempts: 1, nextAttemptAt: MORNING + 1_000, fence: 0 });
    expect(isDue(postponed.nextAttemptAt, MORNING + 999)).toBe(false);
    expect(isDue(postponed.nextAttemptAt, MORNING + 1_000)).toBe(true);
  });

  test('a deadline beyond every wait was written by a clock ahead of its time, and is due', () => {
    expect(isDue(MORNING + LONGEST_WAIT_MS, MORNING)).toBe(false);
    expect(isDue(MORNING + LONGEST_WAIT_MS + 1, MORNING)).toBe(true);
    expect(isDue(undefined, MORNING)).toBe(false);
  });
});
