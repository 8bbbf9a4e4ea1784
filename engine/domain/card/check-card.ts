import type { ErrorCode } from '../../base/errors/error-registry.ts';
import type { Person } from '../person/person.ts';
import type { Card } from './card.ts';
import { isStampAhead } from './card.ts';
import type { InvalidListHit } from './invalid-list.ts';
import { checkInvalidList } from './invalid-list.ts';
import type { PinCheck, PinProof } from './pin.ts';
import { checkPin } from './pin.ts';

/** What the engine's keystore found when it checked the chip's answer. */
export type ChipProof = {
  /** Stamp of the challenge; undefined: not ours, for another terminal, card or amount. */
  readonly challenge: number | undefined;
  readonly challengeExpired: boolean;
  readonly isGenuine: boolean;
};

/** The card as it must be stored, whatever the outcome: spent challenge, counters, tries. */
export type CardCheck = PinCheck;

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
