import type { ErrorCode } from '../../base/errors/error-registry.ts';
import type { Person } from '../person/person.ts';
import type { Card } from './card.ts';
import { isStampAhead } from './card.ts';
import type { CardStanding } from './card-standing.ts';
import { standingOf } from './card-standing.ts';
import type { InvalidListHit } from './invalid-list.ts';
import { checkInvalidList } from './invalid-list.ts';
import type { PinCheck, PinProof } from './pin.ts';
import { checkPin } from './pin.ts';

/** Result of the keystore's check of the chip's answer. */
export type ChipProof = {
  /** Stamp of the challenge; undefined: not issued here, or for another terminal, card or amount. */
  readonly challenge: number | undefined;
  readonly challengeExpired: boolean;
  readonly isGenuine: boolean;
};

/** The refusal, if any, and the card to store in any case: used challenge, ATC, PIN tries. */
export type CardCheck = PinCheck;

export type CardCheckRequest = {
  readonly chip: ChipProof;
  readonly pin: PinProof;
  /** ATC of the bank application, when there is a bank leg. */
  readonly atc: number | undefined;
  readonly usesAccount: boolean;
  /** ms */
  readonly at: number;
};

/**
 * May this card pay now? Checks chip, ATC, card and account state, the invalid list, and the PIN last, so
 * that a refused card reveals nothing about a PIN. A wrong PIN is counted in the returned card, which must
 * be stored before the result is sent.
 */
export function checkCard(
  card: Card,
  person: Person,
  hits: readonly InvalidListHit[],
  request: CardCheckRequest,
): CardCheck {
  const chipRefusal = checkChip(card, request);
  if (chipRefusal !== undefined) return { refusal: chipRefusal, card, triesLeft: undefined };
  // The chip is genuine, so its challenge is used, whatever follows.
  const used: Card = { ...card, lastChallenge: request.chip.challenge ?? card.lastChallenge };
  if (request.atc !== undefined && request.atc <= card.lastAtc) {
    return { refusal: 'CHIP_COUNTER_NOT_RISING', card: used, triesLeft: undefined };
  }
  const seen: Card = { ...used, lastAtc: request.atc ?? card.lastAtc };
  const refusal = checkStanding(card, person, hits, request);
  if (refusal !== undefined) return { refusal, card: seen, triesLeft: undefined };
  return checkPin(seen, request.pin);
}

/** Checks card and account state and the invalid list; also for quotes, which have neither chip nor PIN. */
export function checkStanding(
  card: Card,
  person: Person,
  hits: readonly InvalidListHit[],
  request: Pick<CardCheckRequest, 'usesAccount' | 'at'> & { readonly atc?: number | undefined },
): ErrorCode | undefined {
  return (
    standingCodes[standingOf(card, request.at)] ??
    checkPerson(person, request.usesAccount) ??
    checkInvalidList(hits) ??
    checkFinancial(card, request)
  );
}

function checkChip(
  { lastChallenge }: Card,
  { chip, at }: Pick<CardCheckRequest, 'chip' | 'at'>,
): ErrorCode | undefined {
  const { challenge } = chip;
  if (challenge === undefined || chip.challengeExpired) return 'CHALLENGE_INVALID';
  if (isStampAhead(challenge, at)) return 'CHALLENGE_INVALID';
  if (challenge <= lastChallenge && !isStampAhead(lastChallenge, at)) {
    return challenge === lastChallenge ? 'CHALLENGE_USED' : 'CHALLENGE_OVERTAKEN';
  }
  return chip.isGenuine ? undefined : 'CHIP_NOT_GENUINE';
}

const standingCodes: { readonly [S in CardStanding]: ErrorCode | undefined } = {
  active: undefined,
  'not-in-use': 'CARD_NOT_ACTIVATED',
  'not-activated': 'CARD_NOT_ACTIVATED',
  'initial-pin': 'PIN_INITIAL',
  'oral-loss': 'CARD_LOST_ORAL',
  'written-loss': 'CARD_LOST_WRITTEN',
  suspended: 'CARD_SUSPENDED',
  cancelled: 'CARD_CANCELLED',
};

/** The bank is not asked for money by a card whose financial function it has not activated, or has ended. */
function checkFinancial(
  { financial }: Card,
  { atc }: { readonly atc?: number | undefined },
): ErrorCode | undefined {
  return atc !== undefined && financial !== 'active' ? 'BANK_CARD_NOT_ACTIVE' : undefined;
}

function checkPerson(person: Person, usesAccount: boolean): ErrorCode | undefined {
  if (!person.insured) return 'PERSON_NOT_INSURED';
  const isUnusable = person.accountStatus === 'frozen' || person.accountStatus === 'closed';
  return usesAccount && isUnusable ? 'ACCOUNT_NOT_ACTIVE' : undefined;
}
