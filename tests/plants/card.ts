/** May this card pay: the chip, its state and the invalid lists. */
import assert from 'node:assert/strict';
import { checkCard } from '../../engine/domain/card/check-card.ts';
import type { InvalidListHit } from '../../engine/domain/card/invalid-list.ts';
import { MORNING } from '../support/domain/builders.ts';
import {
  type Case,
  type CheckCard,
  checked,
  type Entry,
  leavingCard,
  onOtherCard,
  right,
  withOtherEntry,
} from './card-parts.ts';
import { type Check, caughtBy } from './plant.ts';

const chips: Check<CheckCard> = {
  name: 'chip of a card',
  honest: () => checkCard,
  keeps(check) {
    const stamp = MORNING * 1000;
    const withChip = (change: Partial<Entry['chip']>): Entry => ({
      ...right,
      chip: { ...right.chip, ...change },
    });
    const refusal = (of: Case) => checked(check, of).refusal;
    assert.equal(checked(check).card.lastChallenge, stamp, 'a challenge is not spent');
    const used = { card: { lastChallenge: stamp } };
    assert.equal(refusal(used), 'CHALLENGE_USED', 'a challenge is used twice');
    const old = { entry: withChip({ challengeExpired: true }) };
    assert.equal(refusal(old), 'CHALLENGE_INVALID', 'an old challenge is taken');
    const early = { entry: withChip({ challenge: stamp + 3_600_000_000 }) };
    assert.equal(refusal(early), 'CHALLENGE_INVALID', 'a challenge of a time to come is taken');
    const ahead = { card: { lastChallenge: stamp + 86_400_000_000 } };
    assert.equal(refusal(ahead), undefined, 'a clock that was ahead keeps a card from paying');
    const forged = { entry: withChip({ isGenuine: false }) };
    assert.equal(refusal(forged), 'CHIP_NOT_GENUINE', 'a false chip pays');
    const repeated = { card: { lastAtc: 17 }, entry: { ...right, atc: 17 } };
    const code = 'CHIP_COUNTER_NOT_RISING';
    assert.equal(refusal(repeated), code, 'a recorded transaction of the chip is taken again');
  },
};

const standing: Check<CheckCard> = {
  name: 'state of a card',
  honest: () => checkCard,
  keeps(check) {
    const refusal = (of: Case) => checked(check, of).refusal;
    const oral = (until: number) =>
      refusal({ card: { status: 'oral-loss', oralLossUntil: until } });
    assert.equal(oral(MORNING + 1), 'CARD_LOST_ORAL', 'a card that was reported lost pays');
    assert.equal(oral(MORNING), undefined, 'an oral report of loss does not end at its moment');
    const written = { card: { status: 'written-loss', oralLossUntil: MORNING - 1 } } as const;
    assert.equal(refusal(written), 'CARD_LOST_WRITTEN', 'a written report of loss ends by itself');
    const frozen = { person: { accountStatus: 'frozen' } } as const;
    assert.equal(refusal(frozen), 'ACCOUNT_NOT_ACTIVE', 'a frozen account pays');
    const hit = (level: InvalidListHit['level']) => ({
      level,
      region: '440000',
      version: 1,
      reason: '01',
    });
    assert.equal(
      refusal({ hits: [hit('national')] }),
      'CARD_LISTED_NATIONAL',
      'the national list is not looked at',
    );
    assert.equal(
      refusal({ hits: [hit('provincial')] }),
      'CARD_LISTED_PROVINCIAL',
      'the provincial list is not looked at',
    );
    assert.equal(
      refusal({ hits: [hit('city')] }),
      'CARD_LISTED_CITY',
      'the city’s list is not looked at',
    );
    const both = { hits: [hit('city'), hit('national')] };
    assert.equal(refusal(both), 'CARD_LISTED_NATIONAL', 'a city’s list hides the national one');
  },
};

const withoutHits =
  (isOverlooked: (hit: InvalidListHit, hits: readonly InvalidListHit[]) => boolean) =>
  (check: CheckCard): CheckCard =>
  (known, holder, hits, entry) =>
    check(
      known,
      holder,
      hits.filter((hit) => !isOverlooked(hit, hits)),
      entry,
    );

export const cardPlants = [
  ...caughtBy(
    chips,
    {
      name: 'challenge-used-twice',
      bug: 'The chip’s answer to the challenge of the last sale is good for one more.',
      breaks: 'A challenge is used once.',
      plant: onOtherCard(() => ({ lastChallenge: 0 })),
      says: 'a challenge is used twice',
    },
    {
      name: 'challenge-not-spent',
      bug: 'The challenge of a sale is not remembered with the card.',
      breaks: 'A challenge is used once.',
      plant: leavingCard((_, { lastChallenge }) => ({ lastChallenge })),
      says: 'a challenge is not spent',
    },
    {
      name: 'challenge-lives-for-ever',
      bug: 'Nobody looks at the age of a challenge: an answer recorded in the morning pays in the evening.',
      breaks: 'A challenge lives a minute.',
      plant: withOtherEntry(({ chip }) => ({ chip: { ...chip, challengeExpired: false } })),
      says: 'an old challenge is taken',
    },
    {
      name: 'challenge-of-a-time-to-come',
      bug: 'A challenge that was made while the clock was ahead is good until the clock gets there.',
      breaks: 'A challenge lives a minute.',
      plant: withOtherEntry(({ chip, at }) => ({
        at: Math.max(at, (chip.challenge ?? 0) / 1000),
      })),
      says: 'a challenge of a time to come is taken',
    },
    {
      name: 'card-held-by-a-clock-ahead',
      bug: 'A card that was used while the clock was a day ahead is refused for a day.',
      breaks: 'What a wrong clock wrote keeps nobody from paying.',
      plant: (check) => (known, holder, hits, entry) => {
        const isBefore = (entry.chip.challenge ?? 0) <= known.lastChallenge;
        const made = check(known, holder, hits, entry);
        return isBefore && made.refusal === undefined
          ? { ...made, refusal: 'CHALLENGE_USED' }
          : made;
      },
      says: 'a clock that was ahead keeps a card from paying',
    },
    {
      name: 'false-chip-pays',
      bug: 'The chip’s answer is worked out and not looked at.',
      breaks: 'A card without the genuine chip pays nothing.',
      plant: withOtherEntry(({ chip }) => ({ chip: { ...chip, isGenuine: true } })),
      says: 'a false chip pays',
    },
    {
      name: 'chip-counter-stands-still',
      bug: 'The transaction counter of a chip may stay where it was: a recorded transaction is taken again.',
      breaks: 'The chip’s transaction counter rises strictly.',
      plant: onOtherCard(({ lastAtc }) => ({ lastAtc: lastAtc - 1 })),
      says: 'a recorded transaction of the chip is taken again',
    },
  ),
  ...caughtBy(
    standing,
    {
      name: 'lost-card-pays',
      bug: 'The state of a card is not looked at: a card that was reported lost goes on paying.',
      breaks: 'A card that was reported lost pays nowhere.',
      plant: onOtherCard(() => ({ status: 'active' })),
      says: 'a card that was reported lost pays',
    },
    {
      name: 'oral-loss-never-lapses',
      bug: 'A loss reported by telephone blocks the card until somebody comes to the office.',
      breaks: 'An oral report ends by itself at its moment.',
      plant: onOtherCard(() => ({ oralLossUntil: undefined })),
      says: 'an oral report of loss does not end at its moment',
    },
    {
      name: 'written-loss-lapses',
      bug: 'A written loss report runs out like one by telephone.',
      breaks: 'A written loss report never lapses.',
      plant: onOtherCard(({ status }) => ({
        status: status === 'written-loss' ? 'oral-loss' : status,
      })),
      says: 'a written report of loss ends by itself',
    },
    {
      name: 'frozen-account-pays',
      bug: 'Only closed accounts are refused; a frozen one goes on paying.',
      breaks: 'A frozen account pays nothing.',
      plant: (check) => (known, holder, hits, entry) => {
        const { accountStatus } = holder;
        const isFrozen = accountStatus === 'frozen';
        return check(
          known,
          { ...holder, accountStatus: isFrozen ? 'active' : accountStatus },
          hits,
          entry,
        );
      },
      says: 'a frozen account pays',
    },
    ...(['national', 'provincial', 'city'] as const).map((level) => ({
      name: `${level}-list-not-read`,
      bug: `Entries of the ${level} invalid list are not looked at.`,
      breaks: 'Each of the three lists refuses by itself.',
      plant: withoutHits((hit) => hit.level === level),
      says:
        level === 'city'
          ? 'the city’s list is not looked at'
          : `the ${level} list is not looked at`,
    })),
    {
      name: 'city-list-hides-the-national-one',
      bug: 'Where the city has an entry of its own, the national list is not looked at.',
      breaks: 'Of several lists the widest one is named.',
      plant: withoutHits(
        ({ level }, hits) => level !== 'city' && hits.some((other) => other.level === 'city'),
      ),
      says: 'a city’s list hides the national one',
    },
  ),
];
