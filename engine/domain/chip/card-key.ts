/**
 * Keys of the social-security application: one card one key, one key a session.
 *
 * The national documents (LD/T 32) keep the exact formulas to the card issuers. What stands here is
 * a PER-ISSUER SETTING TO CONFIRM before real cards are read: the diversification step that
 * PBOC/JR/T 0025 publishes, E(K, Y) || E(K, ~Y) for an 8-byte factor Y, applied level by level.
 * This file is the only place that knows it; the virtual card, the terminal and the engine all call
 * it.
 */
import { invariant } from '../errors/result.ts';
import type { CardId } from '../ids/ids.ts';
import { type CipherAlgorithm, encryptBlocks, oddParity } from './block-cipher.ts';
import { concatBytes, fromHex, invertBytes } from './bytes.ts';

function diversify(algorithm: CipherAlgorithm, key: Uint8Array, factor: Uint8Array): Uint8Array {
  invariant(key.length === 16, 'a card or master key has 16 bytes');
  invariant(factor.length === 8, 'a diversification factor has 8 bytes');
  const derived = encryptBlocks(algorithm, key, concatBytes(factor, invertBytes(factor)));
  return algorithm === '3des' ? oddParity(derived) : derived;
}

/**
 * Card key, 16 bytes: the master diversified by the left half of the card identification code
 * (region and registered id) and then by its right half (serial), so cards of two regions never
 * share a key.
 */
export function deriveCardKey(options: {
  algorithm: CipherAlgorithm;
  masterKey: Uint8Array;
  cardId: CardId;
}): Uint8Array {
  const id = fromHex(options.cardId);
  const regionKey = diversify(options.algorithm, options.masterKey, id.subarray(0, 8));
  return diversify(options.algorithm, regionKey, id.subarray(8));
}

/**
 * The 8 bytes that INTERNAL AUTHENTICATE answers: a session key from the card key and the process
 * factor (`factor8`), then the source (`source8`) enciphered under it, left 8 bytes.
 */
export function internalAuthCryptogram(options: {
  algorithm: CipherAlgorithm;
  cardKey: Uint8Array;
  factor8: Uint8Array;
  source8: Uint8Array;
}): Uint8Array {
  const { algorithm, cardKey, factor8, source8 } = options;
  invariant(source8.length === 8, 'the authentication source has 8 bytes');
  const session = diversify(algorithm, cardKey, factor8);
  const block = algorithm === 'sm4' ? concatBytes(source8, new Uint8Array(8)) : source8;
  return encryptBlocks(algorithm, session, block).slice(0, 8);
}
