/**
 * The keyed hash of a card id: SM4 of its 16 bytes. Whoever has a file of hashes and not the key learns
 * nothing of the cards; whoever has both can only ask for a card that they know already.
 */
import { createCipheriv } from 'node:crypto';
import { invariant } from '../errors/result.ts';

/** Bytes of a card id, and of its hash. */
export const CARD_BYTES = 16;

export type CardHash = {
  /** The hash of one card as four words of 32 bits. */
  of(cardId: string): Uint32Array;
  /** Hashes of many: 16 bytes each, in and out. */
  ofMany(cards: Uint8Array): Uint8Array;
};

/** @param key 16 bytes */
export function openCardHash(key: Uint8Array): CardHash {
  const cipher = createCipheriv('sm4-ecb', key, null).setAutoPadding(false);
  const words = new Uint32Array(4);
  return {
    of(cardId) {
      const hash = cipher.update(cardId, 'hex');
      invariant(hash.length === CARD_BYTES, 'a card id has 32 hexadecimal digits');
      for (let i = 0; i < words.length; i += 1) words[i] = hash.readUInt32LE(4 * i);
      return words;
    },
    ofMany: (cards) => cipher.update(cards),
  };
}
