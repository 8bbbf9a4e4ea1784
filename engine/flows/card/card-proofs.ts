import type { SettlementRequest } from '../../contract/settlement.ts';
import type { PresentedCard } from '../../domain/card/card.ts';
import { chipAlgorithmOf } from '../../domain/card/card.ts';
import type { ChipProof } from '../../domain/card/check-card.ts';
import type { PinProof } from '../../domain/card/pin.ts';
import type { Terminal } from '../../ports/reference.ts';
import type { FlowDeps } from '../deps.ts';
import { readChallenge } from './challenge.ts';

/** Evidence from the terminal that card and holder are present. */
export type CardEntry = {
  readonly terminal: Terminal;
  readonly card: PresentedCard;
  readonly body: Pick<SettlementRequest, 'chip' | 'pin' | 'bill'>;
  /** ms */
  readonly at: number;
};

/** Verifies the challenge (issued here, fresh) and the chip's answer to it. */
export async function chipProof(
  { keys, settings }: FlowDeps,
  entry: CardEntry,
): Promise<ChipProof> {
  const { card, body } = entry;
  const binding = {
    terminalId: entry.terminal.id,
    cardId: card.cardId,
    totalAmount: body.bill.totalAmount,
  };
  const challenge = readChallenge(keys, binding, body.chip.challenge);
  if (challenge === undefined) {
    return { challenge: undefined, challengeExpired: false, isGenuine: false };
  }
  const { stamp, factor, source } = challenge;
  return {
    challenge: stamp,
    challengeExpired: entry.at - stamp / 1000 > settings.challengeMs,
    isGenuine: await keys.verifyChip({
      algorithm: chipAlgorithmOf(card.specVersion),
      cardId: card.cardId,
      factor,
      source,
      cryptogram: Buffer.from(body.chip.cryptogram, 'hex'),
    }),
  };
}

/** The keyed verifier of the entered PIN; the PIN itself stays in the keystore. */
export async function pinProof(
  { keys }: FlowDeps,
  { terminal, card, body }: CardEntry,
): Promise<PinProof> {
  if (terminal.session === undefined) return { kind: 'malformed' };
  const verifier = await keys.pinVerifier({
    sealedPinKey: terminal.session.sealedPinKey,
    pinBlock: Buffer.from(body.pin.block, 'hex'),
    cardId: card.cardId,
  });
  return verifier.ok ? { kind: 'verifier', verifier: verifier.value } : { kind: 'malformed' };
}
