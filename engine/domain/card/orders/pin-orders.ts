import { fail, ok } from '../../../base/errors/result.ts';
import type { Card } from '../card.ts';
import type { MedicalState } from '../card-machines.ts';
import type { PinProof } from '../pin.ts';
import { checkPin, PIN_TRIES_MAX } from '../pin.ts';
import type { Decided, OrderContext } from './card-order.ts';
import { refuse } from './card-order.ts';

type NewPin = { readonly oldPin: PinProof; readonly pinVerifier: string | undefined };

/**
 * 启用: the holder gives the first PIN (初始密码) and chooses another. Without another one the function is
 * activated, but pays nothing until it is changed.
 */
export function activateMedical(card: Card, pin: NewPin): Decided {
  const refused = needsMedical(card, ['not-activated', 'initial-pin']);
  if (refused !== undefined) return refused;
  if (pin.pinVerifier !== undefined) return withNewPin(card, pin);
  const checked = checkPin(card, pin.oldPin);
  if (checked.refusal !== undefined) return wrongPin(checked);
  return card.medical === 'not-activated'
    ? ok({ cards: [{ card: { ...checked.card, medical: 'initial-pin' } }] })
    : refuse('CARD_STEP_INCOMPLETE', 'the first PIN is still in use; needed: another PIN');
}

/** 改密: with the old PIN, whose wrong entries count like those at a counter. */
export function changePin(card: Card, pin: NewPin): Decided {
  return needsMedical(card, ['active', 'initial-pin']) ?? withNewPin(card, pin);
}

function withNewPin(card: Card, { oldPin, pinVerifier }: NewPin): Decided {
  const checked = checkPin(card, oldPin);
  if (checked.refusal !== undefined) return wrongPin(checked);
  if (pinVerifier === undefined) return refuse('CARD_STEP_INCOMPLETE', 'needed: the new PIN');
  if (pinVerifier === card.pinVerifier) return refuse('PIN_NOT_NEW', 'the new PIN is the old one');
  return ok({ cards: [{ card: { ...checked.card, medical: 'active', pinVerifier } }] });
}

function wrongPin({ refusal, card, triesLeft }: ReturnType<typeof checkPin>): Decided {
  const detail = triesLeft === undefined ? '' : `tries left: ${triesLeft}`;
  return fail({ code: refusal ?? 'PIN_WRONG', detail, tried: card });
}

/** 密码重置, in person with the ID card: another PIN, and the wrong entries are forgotten. */
export function resetPin(card: Card, pinVerifier: string, context: OrderContext): Decided {
  const refused =
    needsIdentity(context) ?? needsMedical(card, ['active', 'initial-pin', 'not-activated']);
  const reset: Card = { ...card, medical: 'active', pinVerifier, pinWrongTries: 0 };
  return refused ?? ok({ cards: [{ card: reset }] });
}

/** 密码解锁, in person with the ID card: the PIN stays, the wrong entries are forgotten. */
export function unlockPin(card: Card, context: OrderContext): Decided {
  const refused = needsIdentity(context);
  if (refused !== undefined) return refused;
  return card.pinWrongTries >= PIN_TRIES_MAX
    ? ok({ cards: [{ card: { ...card, pinWrongTries: 0 } }] })
    : refuse('CARD_STEP_NOT_POSSIBLE', 'the PIN is not locked');
}

export function needsIdentity({ command }: OrderContext): Decided | undefined {
  const isSeen = (command.evidence['identity'] ?? '') !== '';
  const detail = 'needed: evidence of the holder’s identity (the paper that was seen)';
  return isSeen ? undefined : refuse('CARD_STEP_INCOMPLETE', detail);
}

function needsMedical(card: Card, needed: readonly MedicalState[]): Decided | undefined {
  if (needed.includes(card.medical)) return undefined;
  const detail = `the medical function is ${card.medical}; needed: ${needed.join(', ')}`;
  return refuse('CARD_STEP_NOT_POSSIBLE', detail);
}
