/**
 * Keys of the social-security application: one key per card, one key per session.
 *
 * The national documents (LD/T 32) leave the formulas to the card issuers, so this derivation is A
 * PER-ISSUER SETTING TO CONFIRM before real cards are read. It uses the diversification step that PBOC/JR/T
 * 0025 publishes, E(K, Y) || E(K, ~Y) for an 8-byte factor Y, level by level. Virtual card, terminal and
 * engine all call this file.
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
 * `deriveCardKey` for many cards of one master key. Keeps the key schedules of the master key and of the last
 * `regionsMax` left halves, which all cards of one issuer share.
 */
export function createCardKeys(options: {
  algorithm: CipherAlgorithm;
  masterKey: Uint8Array;
  regionsMax: number;
}): (cardId: CardId) => Uint8Array {
  const { algorithm, masterKey, regionsMax } = options;
  invariant(masterKey.length === 16, 'a card or master key has 16 bytes');
  const encryptWithMaster = keepEncryption(algorithm, masterKey);
  const kept = new Map<string, Encrypt>();
  const regionCipher = (left: string, id: Uint8Array): Encrypt => {
    const known = kept.get(left);
    if (known !== undefined) return known;
    const encrypt = keepEncryption(
      algorithm,
      diversify(algorithm, encryptWithMaster, id.subarray(0, 8)),
    );
    const [oldest] = kept.size >= regionsMax ? kept.keys() : [];
    if (oldest !== undefined) kept.delete(oldest);
    if (regionsMax > 0) kept.set(left, encrypt);
    return encrypt;
  };
  return (cardId) => {
    const id = fromHex(cardId);
    return diversify(algorithm, regionCipher(cardId.slice(0, 16), id), id.subarray(8));
  };
}

/**
 * The answer to INTERNAL AUTHENTICATE, 8 bytes: the source (`source8`) enciphered under a session key that is
 * derived from the card key and the process factor (`factor8`); the left 8 bytes.
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
