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
import { type CipherAlgorithm, encryptBlocks, keepEncryption, oddParity } from './block-cipher.ts';
import { concatBytes, fromHex, invertBytes } from './bytes.ts';

type Encrypt = (blocks: Uint8Array) => Uint8Array;

function encryptUnder(algorithm: CipherAlgorithm, key: Uint8Array): Encrypt {
  invariant(key.length === 16, 'a card or master key has 16 bytes');
  return (blocks) => encryptBlocks(algorithm, key, blocks);
}

function diversify(algorithm: CipherAlgorithm, encrypt: Encrypt, factor: Uint8Array): Uint8Array {
  invariant(factor.length === 8, 'a diversification factor has 8 bytes');
  const derived = encrypt(concatBytes(factor, invertBytes(factor)));
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
  const { algorithm, masterKey, cardId } = options;
  return createCardKeys({ algorithm, masterKey, regionsMax: 0 })(cardId);
}

/**
 * `deriveCardKey` for many cards of one master: the master's key schedule is kept, and those of the
 * last `regionsMax` left halves, which all cards that one place issued have in common.
 */
export function createCardKeys(options: {
  algorithm: CipherAlgorithm;
  masterKey: Uint8Array;
  regionsMax: number;
}): (cardId: CardId) => Uint8Array {
  const { algorithm, masterKey, regionsMax } = options;
  invariant(masterKey.length === 16, 'a card or master key has 16 bytes');
  const ofMaster = keepEncryption(algorithm, masterKey);
  const kept = new Map<string, Encrypt>();
  const ofRegion = (left: string, id: Uint8Array): Encrypt => {
    const known = kept.get(left);
    if (known !== undefined) return known;
    const encrypt = keepEncryption(algorithm, diversify(algorithm, ofMaster, id.subarray(0, 8)));
    const [oldest] = kept.size >= regionsMax ? kept.keys() : [];
    if (oldest !== undefined) kept.delete(oldest);
    if (regionsMax > 0) kept.set(left, encrypt);
    return encrypt;
  };
  return (cardId) => {
    const id = fromHex(cardId);
    return diversify(algorithm, ofRegion(cardId.slice(0, 16), id), id.subarray(8));
  };
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
  const session = diversify(algorithm, encryptUnder(algorithm, cardKey), factor8);
  const block = algorithm === 'sm4' ? concatBytes(source8, new Uint8Array(8)) : source8;
  return encryptBlocks(algorithm, session, block).slice(0, 8);
}
