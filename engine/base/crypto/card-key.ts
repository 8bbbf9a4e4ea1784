/**
 * Keys of the social-security application: national master → provincial key → city key → card key, and one
 * key for each session of a card.
 *
 * The national documents (LD/T 32) name these levels and leave the formulas to the card issuers, so this
 * derivation is A PER-ISSUER SETTING TO CONFIRM before real cards are read. It uses the diversification step
 * that PBOC/JR/T 0025 publishes, E(K, Y) || E(K, ~Y) for an 8-byte factor Y, level by level. Virtual card,
 * keystores and issuer all call this file; a hardware module makes the upper steps by itself.
 */
import { invariant } from '../errors/result.ts';
import type { CardId } from '../ids/ids.ts';
import { type CipherAlgorithm, encryptBlocks, keepEncryption, oddParity } from './block-cipher.ts';
import { concatBytes, fromHex, invertBytes } from './bytes.ts';

type Encrypt = (blocks: Uint8Array) => Uint8Array;

function diversify(algorithm: CipherAlgorithm, encrypt: Encrypt, factor: Uint8Array): Uint8Array {
  invariant(factor.length === 8, 'a diversification factor has 8 bytes');
  const derived = encrypt(diversificationData(factor));
  if (algorithm === 'sm4') return derived;
  const key = oddParity(derived);
  derived.fill(0);
  return key;
}

function diversifyOnce(
  algorithm: CipherAlgorithm,
  key: Uint8Array,
  factor: Uint8Array,
): Uint8Array {
  invariant(key.length === 16, 'a card or master key has 16 bytes');
  return diversify(algorithm, (blocks) => encryptBlocks(algorithm, key, blocks), factor);
}

/** Y || ~Y: what is enciphered to make the next level's key. */
export function diversificationData(factor: Uint8Array): Uint8Array {
  return concatBytes(factor, invertBytes(factor));
}

/** Of a card: the factor of each level, 8 bytes each. */
export type CardKeyFactors = {
  /** Province (first two digits, then zeros) and registered id. */
  readonly province: Uint8Array;
  /** Left half of the card identification code: region of the issuing city, and registered id. */
  readonly city: Uint8Array;
  /** Right half: the card's serial. */
  readonly card: Uint8Array;
};

/** The factors of a card, from its identification code (卡识别码). */
export function cardKeyFactors(cardId: CardId): CardKeyFactors {
  const id = fromHex(cardId);
  const province = id.slice(0, 8);
  province.fill(0, 1, 3);
  return { province, city: id.subarray(0, 8), card: id.subarray(8) };
}

/** The key of the city that issued a card, 16 bytes, made of the national master. The caller wipes it. */
export function deriveCityKey(options: {
  algorithm: CipherAlgorithm;
  masterKey: Uint8Array;
  factors: Pick<CardKeyFactors, 'province' | 'city'>;
}): Uint8Array {
  const { algorithm, masterKey, factors } = options;
  const provinceKey = diversifyOnce(algorithm, masterKey, factors.province);
  return cityKeyBelow({ algorithm, provinceKey, factors });
}

/** The last step of `deriveCityKey`, where a module makes the one above. Wipes the province's key. */
export function cityKeyBelow(options: {
  algorithm: CipherAlgorithm;
  provinceKey: Uint8Array;
  factors: Pick<CardKeyFactors, 'city'>;
}): Uint8Array {
  const { algorithm, provinceKey, factors } = options;
  const cityKey = diversifyOnce(algorithm, provinceKey, factors.city);
  provinceKey.fill(0);
  return cityKey;
}

/** The card keys of one city. It keeps the key schedule; `cityKey` may be wiped afterwards. */
export function createCardKeys(
  algorithm: CipherAlgorithm,
  cityKey: Uint8Array,
): (factors: Pick<CardKeyFactors, 'card'>) => Uint8Array {
  invariant(cityKey.length === 16, 'a card or master key has 16 bytes');
  const encrypt = keepEncryption(algorithm, cityKey);
  return ({ card }) => diversify(algorithm, encrypt, card);
}

/** Card key, 16 bytes: all levels at once, for whoever has the national master. */
export function deriveCardKey(options: {
  algorithm: CipherAlgorithm;
  masterKey: Uint8Array;
  cardId: CardId;
}): Uint8Array {
  const { algorithm, masterKey, cardId } = options;
  const factors = cardKeyFactors(cardId);
  const cityKey = deriveCityKey({ algorithm, masterKey, factors });
  const cardKey = diversifyOnce(algorithm, cityKey, factors.card);
  cityKey.fill(0);
  return cardKey;
}

/**
 * The answer to INTERNAL AUTHENTICATE, 8 bytes: the source (`source8`) enciphered under a session key that
 * is derived from the card key and the process factor (`factor8`); the left 8 bytes.
 */
export function internalAuthCryptogram(options: {
  algorithm: CipherAlgorithm;
  cardKey: Uint8Array;
  factor8: Uint8Array;
  source8: Uint8Array;
}): Uint8Array {
  const { algorithm, cardKey, factor8, source8 } = options;
  invariant(source8.length === 8, 'the authentication source has 8 bytes');
  const session = diversifyOnce(algorithm, cardKey, factor8);
  const block = algorithm === 'sm4' ? concatBytes(source8, new Uint8Array(8)) : source8;
  const cryptogram = encryptBlocks(algorithm, session, block).slice(0, 8);
  session.fill(0);
  return cryptogram;
}
