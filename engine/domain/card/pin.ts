import { equalTexts } from '../../base/crypto/bytes.ts';
import type { ErrorCode } from '../../base/errors/error-registry.ts';
import type { Card } from './card.ts';

/** Consecutive wrong entries of the medical PIN (密码) that lock it. */
export const PIN_TRIES_MAX = 3;

/** The keyed verifier of the entered PIN; `malformed`: the block is not a PIN block of this card. */
export type PinProof =
  | { readonly kind: 'verifier'; readonly verifier: string }
  | { readonly kind: 'malformed' };

export type PinCheck = {
  /** Undefined: the PIN is right. */
  readonly refusal: ErrorCode | undefined;
  /** The card with its counted tries; it must be stored before the result is sent. */
  readonly card: Card;
  /** Remaining entries, when a wrong PIN was the reason. */
  readonly triesLeft: number | undefined;
};

/**
 * Checks the PIN. Three consecutive wrong entries lock it, a right one resets, a malformed block does not
 * count.
 */
export function checkPin(card: Card, pin: PinProof): PinCheck {
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
