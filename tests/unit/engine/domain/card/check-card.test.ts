import { describe, expect, test } from 'vitest';
import type { Card } from '../../../../../engine/domain/card/card.ts';
import type { CardStanding } from '../../../../../engine/domain/card/card-standing.ts';
import { statesOf } from '../../../../../engine/domain/card/card-standing.ts';
import { type CardCheckRequest, checkCard } from '../../../../../engine/domain/card/check-card.ts';
import type { InvalidListHit } from '../../../../../engine/domain/card/invalid-list.ts';
import type { Person } from '../../../../../engine/domain/person/person.ts';
import { card, MORNING, person, RIGHT_PIN } from '../../../../support/domain/builders.ts';

const STAMP = MORNING * 1000;
const request: CardCheckRequest = {
  chip: { challenge: STAMP, challengeExpired: false, isGenuine: true },
  pin: { kind: 'verifier', verifier: RIGHT_PIN },
  atc: undefined,
  usesAccount: true,
  at: MORNING,
};
const wrongPin = { kind: 'verifier', verifier: 'of another PIN' } as const;
const hit = (level: InvalidListHit['level']): InvalidListHit => ({
  level,
  region: '441900',
  version: 1,
  reason: '01',
});

type Case = {
  readonly card?: Partial<Card>;
  readonly person?: Partial<Person>;
  readonly hits?: readonly InvalidListHit[];
  readonly request?: Partial<CardCheckRequest>;
};

function admit(given: Case) {
  return checkCard(card(given.card), person(given.person), given.hits ?? [], {
    ...request,
    ...given.request,
  });
}

test('a good card is admitted, and its challenge is spent', () => {
  const { refusal, card: after } = admit({});
  expect(refusal).toBeUndefined();
  expect(after).toEqual(card({ lastChallenge: STAMP }));
});

describe('chip', () => {
  const chip = (change: Partial<CardCheckRequest['chip']>) => ({
    request: { chip: { ...request.chip, ...change } },
  });

  test('a challenge that is not ours, or expired', () => {
    expect(admit(chip({ challenge: undefined })).refusal).toBe('CHALLENGE_INVALID');
    expect(admit(chip({ challengeExpired: true })).refusal).toBe('CHALLENGE_INVALID');
  });

  test('a challenge is used once, and no earlier one after it', () => {
    const { card: after } = admit({});
    const again = (challenge: number) =>
      checkCard(after, person(), [], { ...request, chip: { ...request.chip, challenge } }).refusal;
    expect(again(STAMP)).toBe('CHALLENGE_USED');
    expect(again(STAMP - 1)).toBe('CHALLENGE_OVERTAKEN');
    expect(again(STAMP + 1)).toBeUndefined();
  });

  test('a card that was used while the clock was a day ahead pays again at once', () => {
    const ahead = STAMP + 86_400_000_000;
    const { refusal, card: after } = admit({ card: { lastChallenge: ahead } });
    expect(refusal).toBeUndefined();
    expect(after.lastChallenge).toBe(STAMP);
    expect(admit({ card: { lastChallenge: STAMP + 60_000_000 } }).refusal).toBe(
      'CHALLENGE_OVERTAKEN',
    );
  });

  test('a challenge that was made while the clock was ahead is not taken', () => {
    expect(admit(chip({ challenge: STAMP + 60_000_000 })).refusal).toBeUndefined();
    expect(admit(chip({ challenge: STAMP + 60_001_000 })).refusal).toBe('CHALLENGE_INVALID');
  });

  test('a false chip is refused and cannot spend the holder’s challenges', () => {
    const { refusal, card: after } = admit(chip({ isGenuine: false, challenge: STAMP + 10 ** 7 }));
    expect(refusal).toBe('CHIP_NOT_GENUINE');
    expect(after).toEqual(card());
  });

  test('a genuine challenge is spent even when the PIN is wrong', () => {
    expect(admit({ request: { pin: wrongPin } }).card.lastChallenge).toBe(STAMP);
  });
});

describe('transaction counter of the bank application', () => {
  test.each([16, 17])('%i after 17 is refused', (atc) => {
    const { refusal, card: after } = admit({ card: { lastAtc: 17 }, request: { atc } });
    expect(refusal).toBe('CHIP_COUNTER_NOT_RISING');
    expect(after.lastAtc).toBe(17);
  });

  test('a rising one is kept, also when the PIN is wrong', () => {
    expect(admit({ request: { atc: 18, pin: wrongPin } }).card.lastAtc).toBe(18);
  });
});

describe('card state', () => {
  test.each<[CardStanding, string]>([
    ['not-in-use', 'CARD_NOT_ACTIVATED'],
    ['not-activated', 'CARD_NOT_ACTIVATED'],
    ['initial-pin', 'PIN_INITIAL'],
    ['oral-loss', 'CARD_LOST_ORAL'],
    ['written-loss', 'CARD_LOST_WRITTEN'],
    ['suspended', 'CARD_SUSPENDED'],
    ['cancelled', 'CARD_CANCELLED'],
  ])('%s', (standing, code) => {
    expect(admit({ card: statesOf(standing) }).refusal).toBe(code);
  });

  test('an oral report lapses at its very moment, and not 1 ms before', () => {
    const until = Date.parse('2026-11-28T00:00:00+08:00');
    const at = (at: number) =>
      admit({ card: { status: 'oral-loss', oralLossUntil: until }, request: { at } }).refusal;
    expect(at(until - 1)).toBe('CARD_LOST_ORAL');
    expect(at(until)).toBeUndefined();
  });

  test('a written report never lapses', () => {
    const lost = { status: 'written-loss', oralLossUntil: MORNING - 1 } as const;
    expect(admit({ card: lost }).refusal).toBe('CARD_LOST_WRITTEN');
  });
});

describe('person and account', () => {
  test('insurance not in force', () => {
    expect(admit({ person: { insured: false } }).refusal).toBe('PERSON_NOT_INSURED');
  });

  test.each(['frozen', 'closed'] as const)(
    'a %s account cannot pay, but the person can be settled without it',
    (accountStatus) => {
      expect(admit({ person: { accountStatus } }).refusal).toBe('ACCOUNT_NOT_ACTIVE');
      expect(
        admit({ person: { accountStatus }, request: { usesAccount: false } }).refusal,
      ).toBeUndefined();
    },
  );

  test('a scheme without accounts is no reason to refuse', () => {
    expect(admit({ person: { accountStatus: 'none' } }).refusal).toBeUndefined();
  });
});

describe('invalid list', () => {
  test.each([
    ['national', 'CARD_LISTED_NATIONAL'],
    ['provincial', 'CARD_LISTED_PROVINCIAL'],
    ['city', 'CARD_LISTED_CITY'],
  ] as const)('%s alone refuses', (level, code) => {
    expect(admit({ hits: [hit(level)] }).refusal).toBe(code);
  });

  test('the widest level is named; taken off one, the others still refuse', () => {
    expect(admit({ hits: [hit('city'), hit('national'), hit('provincial')] }).refusal).toBe(
      'CARD_LISTED_NATIONAL',
    );
    expect(admit({ hits: [hit('city'), hit('provincial')] }).refusal).toBe(
      'CARD_LISTED_PROVINCIAL',
    );
  });
});

describe('PIN', () => {
  test('the third wrong entry in a row locks', () => {
    let now: Card = card();
    const seen: unknown[] = [];
    for (let entry = 1; entry <= 4; entry++) {
      const challenge = STAMP + entry;
      const chip = { ...request.chip, challenge };
      const admission = checkCard(now, person(), [], { ...request, chip, pin: wrongPin });
      seen.push([admission.refusal, admission.triesLeft, admission.card.pinWrongTries]);
      now = admission.card;
    }
    expect(seen).toEqual([
      ['PIN_WRONG', 2, 1],
      ['PIN_WRONG', 1, 2],
      ['PIN_LOCKED', 0, 3],
      ['PIN_LOCKED', undefined, 3],
    ]);
  });

  test('a right one in between starts the count again', () => {
    expect(admit({ card: { pinWrongTries: 2 } }).card.pinWrongTries).toBe(0);
  });

  test('a locked card answers a right and a wrong PIN alike', () => {
    const right = admit({ card: { pinWrongTries: 3 } });
    const wrong = admit({ card: { pinWrongTries: 3 }, request: { pin: wrongPin } });
    expect(right).toEqual(wrong);
    expect(right.refusal).toBe('PIN_LOCKED');
  });

  test('a block that is no PIN block is not a try', () => {
    const { refusal, card: after } = admit({
      card: { pinWrongTries: 2 },
      request: { pin: { kind: 'malformed' } },
    });
    expect(refusal).toBe('PIN_BLOCK_INVALID');
    expect(after.pinWrongTries).toBe(2);
  });

  test.each<[string, Case]>([
    ['false chip', { request: { chip: { ...request.chip, isGenuine: false } } }],
    ['old counter', { card: { lastAtc: 9 }, request: { atc: 9 } }],
    ['lost card', { card: { status: 'written-loss' } }],
    ['insurance not in force', { person: { insured: false } }],
    ['listed card', { hits: [hit('city')] }],
  ])('is not looked at: %s', (_, given) => {
    const withPin = (pin: CardCheckRequest['pin'], pinWrongTries: number) =>
      admit({
        ...given,
        card: { ...given.card, pinWrongTries },
        request: { ...given.request, pin },
      });
    const right = withPin(request.pin, 1);
    const wrong = withPin(wrongPin, 1);
    expect(right).toEqual(wrong);
    expect(right.refusal).not.toMatch(/^PIN/);
    expect(right.card.pinWrongTries).toBe(1);
  });
});

test('the order: chip, counter, card, person, list, PIN', () => {
  const all: Case[] = [];
  let given: Required<Case> = {
    card: { medical: 'suspended', lastAtc: 50 },
    person: { insured: false, accountStatus: 'frozen' },
    hits: [hit('national')],
    request: {
      chip: { challenge: undefined, challengeExpired: false, isGenuine: false },
      atc: 50,
      pin: { kind: 'malformed' },
    },
  };
  const put = (change: Case) => {
    given = { ...given, ...change, request: { ...given.request, ...change.request } };
    all.push(given);
  };
  put({});
  put({ request: { chip: { challenge: STAMP, challengeExpired: false, isGenuine: false } } });
  put({ request: { chip: request.chip } });
  put({ request: { atc: 51 } });
  put({ card: { lastAtc: 50 } });
  put({ person: { accountStatus: 'frozen' } });
  put({ person: {} });
  put({ hits: [] });
  put({ request: { pin: request.pin } });
  expect(all.map((each) => admit(each).refusal)).toEqual([
    'CHALLENGE_INVALID',
    'CHIP_NOT_GENUINE',
    'CHIP_COUNTER_NOT_RISING',
    'CARD_SUSPENDED',
    'PERSON_NOT_INSURED',
    'ACCOUNT_NOT_ACTIVE',
    'CARD_LISTED_NATIONAL',
    'PIN_BLOCK_INVALID',
    undefined,
  ]);
});
