import { equalTexts } from '../../base/crypto/bytes.ts';
import type { ErrorCode } from '../../base/errors/error-registry.ts';
import type { ChipProof, PinProof } from '../commands.ts';
import type { Person } from '../person/person.ts';
import type { Card, InvalidListHit } from './card.ts';
import { isStampAhead, PIN_TRIES_MAX } from './card.ts';

export type CardCheck = {
  /** undefined: admitted. */
  readonly refusal: ErrorCode | undefined;
  /** The card as it must be stored, whatever the outcome: spent challenge, counters, tries. */
  readonly card: Card;
  /** PIN entries left, when a wrong one was the reason. */
  readonly triesLeft: number | undefined;
};

export type CardCheckRequest = {
  readonly chip: ChipProof;
  readonly pin: PinProof;
  /** Application transaction counter of the bank application, when there is a bank leg. */
  readonly atc: number | undefined;
  readonly usesAccount: boolean;
  /** ms */
  readonly at: number;
};

/**
 * May this card pay now? Chip, then counters, card and account state, the three-level invalid list,
 * and the PIN last, so that nobody learns anything about a PIN with a card that is refused anyway.
 * A wrong PIN is counted in the returned card; nobody may see this result before that is stored.
 */
export function checkCard(
  card: Card,
  person: Person,
  hits: readonly InvalidListHit[],
  request: CardCheckRequest,
): CardCheck {
  const chipRefusal = checkChip(card, request);
  if (chipRefusal !== undefined) return { refusal: chipRefusal, card, triesLeft: undefined };
  // From here on the chip is known to be genuine, so its challenge is spent whatever follows.
  const spent: Card = { ...card, lastChallenge: request.chip.challenge ?? card.lastChallenge };
  if (request.atc !== undefined && request.atc <= card.lastAtc) {
    return { refusal: 'CHIP_COUNTER_NOT_RISING', card: spent, triesLeft: undefined };
  }
  const seen: Card = { ...spent, lastAtc: request.atc ?? card.lastAtc };
  const refusal = checkStanding(card, person, hits, request);
  if (refusal !== undefined) return { refusal, card: seen, triesLeft: undefined };
  return checkPin(seen, request.pin);
}

/** Card and account state and the three-level invalid list: what a quote checks too, without chip or PIN. */
export function checkStanding(
  card: Card,
  person: Person,
  hits: readonly InvalidListHit[],
  request: Pick<CardCheckRequest, 'usesAccount' | 'at'>,
): ErrorCode | undefined {
  return (
    checkCardStatus(card, request.at) ??
    checkPerson(person, request.usesAccount) ??
    checkInvalidList(hits)
  );
}

function checkChip(
  { lastChallenge }: Card,
  { chip, at }: Pick<CardCheckRequest, 'chip' | 'at'>,
): ErrorCode | undefined {
  const { challenge } = chip;
  if (challenge === undefined || chip.challengeExpired) return 'CHALLENGE_INVALID';
  if (isStampAhead(challenge, at)) return 'CHALLENGE_INVALID';
  if (challenge <= lastChallenge && !isStampAhead(lastChallenge, at)) return 'CHALLENGE_USED';
  return chip.isGenuine ? undefined : 'CHIP_NOT_GENUINE';
}

/** An oral loss report lapses by itself at `oralLossUntil`; a written one never does. */
function checkCardStatus(card: Card, at: number): ErrorCode | undefined {
  switch (card.status) {
    case 'active':
      return undefined;
    case 'oral-loss':
      return card.oralLossUntil !== undefined && at >= card.oralLossUntil
        ? undefined
        : 'CARD_LOST_ORAL';
    case 'written-loss':
      return 'CARD_LOST_WRITTEN';
    case 'not-activated':
      return 'CARD_NOT_ACTIVATED';
    case 'initial-pin':
      return 'PIN_INITIAL';
    case 'suspended':
      return 'CARD_SUSPENDED';
    case 'cancelled':
      return 'CARD_CANCELLED';
  }
}

function checkPerson(person: Person, usesAccount: boolean): ErrorCode | undefined {
  if (!person.insured) return 'PERSON_NOT_INSURED';
  const isUnusable = person.accountStatus === 'frozen' || person.accountStatus === 'closed';
  return usesAccount && isUnusable ? 'ACCOUNT_NOT_ACTIVE' : undefined;
}

const listCodes = {
  national: 'CARD_LISTED_NATIONAL',
  provincial: 'CARD_LISTED_PROVINCIAL',
  city: 'CARD_LISTED_CITY',
} as const satisfies Record<InvalidListHit['level'], ErrorCode>;

/** Any level that covers the card refuses it; the widest one is named. */
function checkInvalidList(hits: readonly InvalidListHit[]): ErrorCode | undefined {
  for (const level of ['national', 'provincial', 'city'] as const) {
    if (hits.some((hit) => hit.level === level)) return listCodes[level];
  }
  return undefined;
}

/** Three consecutive wrong entries lock; a right one resets; a malformed block is not a try. */
function checkPin(card: Card, pin: PinProof): CardCheck {
  if (card.pinWrongTries >= PIN_TRIES_MAX) {
    return { refusal: 'PIN_LOCKED', card, triesLeft: undefined };
  }
  if (pin.kind === 'malformed') {
    return { refusal: 'PIN_BLOCK_INVALID', card, triesLeft: undefined };
  }
  if (equalTexts(pin.verifier, card.pinVerifier)) {
    return { refusal: undefined, card: { ...card, pinWrongTries: 0 }, triesLeft: undefined };
  }
  const pinWrongTries = card.pinWrongTries + 1;
  const triesLeft = PIN_TRIES_MAX - pinWrongTries;
  return {
    refusal: triesLeft === 0 ? 'PIN_LOCKED' : 'PIN_WRONG',
    card: { ...card, pinWrongTries },
    triesLeft,
  };
}
