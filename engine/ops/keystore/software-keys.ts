import type { KeyObject } from 'node:crypto';
import { createCipheriv, createDecipheriv, createSecretKey, randomBytes } from 'node:crypto';
import { kcv, sm4Encrypt } from '../../base/crypto/block-cipher.ts';
import { concatBytes, equalBytes, toHex } from '../../base/crypto/bytes.ts';
import type { CardKeyFactors } from '../../base/crypto/card-key.ts';
import {
  cardKeyFactors,
  createCardKeys,
  internalAuthCryptogram,
} from '../../base/crypto/card-key.ts';
import type { BlockCipher } from '../../base/crypto/pin-block.ts';
import { decodePinBlock4, pinAccountDigits } from '../../base/crypto/pin-block.ts';
import { hmacSm3, sm3 } from '../../base/crypto/sm3.ts';
import { fail, ok } from '../../base/errors/result.ts';
import type { CardId } from '../../base/ids/ids.ts';
import type { ChipAlgorithm } from '../../domain/card/card.ts';
import type { Keys, TerminalSession } from '../../ports/keys.ts';
import { holdAskedKeys, holdKeys } from './held-keys.ts';
import type { PersonalDataSecrets } from './personal-data.ts';
import { createPersonalData } from './personal-data.ts';
import type { Storage } from './sealed-text.ts';
import { hmac, openStorage } from './sealed-text.ts';

/**
 * The operations of the social-security domain in this process, over what a keystore gives: working keys,
 * which are held here, and roots, which it keeps.
 */

/** What each keystore implements. */
export type KeyRoots = {
  /** Handed over: wiped as soon as they are in use. */
  readonly working: WorkingKeys;
  /** The key of the city that issued a card. Handed over: the caller wipes it. */
  cityKey(
    algorithm: ChipAlgorithm,
    factors: Pick<CardKeyFactors, 'province' | 'city'>,
  ): Promise<Uint8Array>;
  /** Signs answers; `publicKey` is SPKI DER. */
  readonly answer: {
    readonly publicKey: Uint8Array;
    sign(data: Uint8Array): Promise<Uint8Array>;
  };
  /** Wipes the roots, or leaves the module. */
  close(): Promise<void>;
};

/** Keys that every sale needs: 32 bytes for HMAC, 16 for a cipher. */
export type WorkingKeys = {
  readonly pinVerifier: Uint8Array;
  readonly challenge: Uint8Array;
  readonly storageCipher: Uint8Array;
  readonly storageMac: Uint8Array;
};

/** Opened session keys, two per terminal. */
const SESSION_KEYS_MAX = 20_000;
/** Cities whose cards came to a counter. */
const CITY_KEYS_MAX = 1_000;

/** The keys of the social-security domain over the roots of a keystore. */
export function createKeys(roots: KeyRoots): Keys {
  const { working, answer } = roots;
  const storage = openStorage({ cipherKey: working.storageCipher, macKey: working.storageMac });
  const challengeKey = createSecretKey(working.challenge);
  const verifierKey = createSecretKey(working.pinVerifier);
  const personalData = createPersonalData(personalDataSecrets(working.storageMac), {
    seal: (plain) => storage.seal('personal-data-key', plain),
    open: (sealed) => storage.open('personal-data-key', sealed),
  });
  for (const key of Object.values(working)) key.fill(0);
  const pinKeys = holdKeys(SESSION_KEYS_MAX, (sealed) =>
    keepSm4(storage.open('session-pin-key', sealed)),
  );
  const macKeys = holdKeys(SESSION_KEYS_MAX, (sealed) =>
    keepHmac(storage.open('session-mac-key', sealed)),
  );
  const chips = openChips(roots);
  return {
    challengeMac: (content) => hmac(challengeKey, content),
    verifyChip: chips.verify,
    pinVerifier: async ({ sealedPinKey, pinBlock, cardId }) => {
      const cipher = pinKeys.of(sealedPinKey);
      const pin = decodePinBlock4({ block: pinBlock, pan: pinAccountDigits(cardId), cipher });
      if (!pin.ok) return fail('malformed');
      return ok(makePinVerifier(verifierKey, cardId, Buffer.from(pin.value, 'latin1')));
    },
    verifierOfPin: async (cardId, pin) => makePinVerifier(verifierKey, cardId, pin),
    newTerminalSession: async (sealedMasterKey) => newSession(storage, sealedMasterKey),
    sessionMac: (sealedMacKey, data) => hmac(macKeys.of(sealedMacKey), data),
    signAnswer: answer.sign,
    // The id is derived from the key, so a new key cannot have an old id.
    answerKeyId: toHex(sm3(answer.publicKey).subarray(0, 8)),
    answerPublicKey: Buffer.from(answer.publicKey).toString('base64'),
    seal: (plain) => storage.seal('store', plain),
    open: (sealed) => storage.open('store', sealed),
    personalData,
    close: async () => {
      for (const held of [pinKeys, macKeys, chips]) held.clear();
      await roots.close();
    },
  };
}

/**
 * Derived from the storage key, so that key files made before personal data were sealed go on as they are.
 * The labels have no "|": no sealed text has such a MAC.
 */
export function personalDataSecrets(storageMac: Uint8Array): PersonalDataSecrets {
  const derived = (label: string) => hmacSm3(storageMac, Buffer.from(label));
  return {
    sealing: new Map([[1, derived('personal data, seal 1')]]),
    hashing: derived('personal data, hash'),
  };
}

function openChips({ cityKey }: Pick<KeyRoots, 'cityKey'>): {
  readonly verify: Keys['verifyChip'];
  clear(): void;
} {
  const openCity = async (
    algorithm: ChipAlgorithm,
    cardId: CardId,
  ): Promise<ReturnType<typeof createCardKeys>> => {
    const key = await cityKey(algorithm, cardKeyFactors(cardId));
    const cardKeys = createCardKeys(algorithm, key);
    key.fill(0);
    return cardKeys;
  };
  // A city is named by the id of any of its cards, without the serial.
  const cities = {
    sm4: holdAskedKeys(CITY_KEYS_MAX, (city) => openCity('sm4', cityCard(city))),
    '3des': holdAskedKeys(CITY_KEYS_MAX, (city) => openCity('3des', cityCard(city))),
  };
  return {
    verify: async (proof) => {
      const { algorithm, cardId, factor, source } = proof;
      const cardKeys = await cities[algorithm].of(cardId.slice(0, 16));
      const cardKey = cardKeys(cardKeyFactors(cardId));
      const expected = internalAuthCryptogram({
        ...{ algorithm, cardKey, factor8: factor, source8: source },
      });
      cardKey.fill(0);
      return equalBytes(expected, proof.cryptogram);
    },
    clear: () => {
      cities.sm4.clear();
      cities['3des'].clear();
    },
  };
}

function cityCard(leftHalf: string): CardId {
  return leftHalf.padEnd(32, '0') as CardId;
}

/**
 * The keyed verifier of a medical PIN: HMAC-SM3(key, card id "|" PIN), hex. The card id keeps equal
 * PINs from looking equal.
 * @param pin ASCII digits; zeroed before the return
 */
export function makePinVerifier(key: KeyObject, cardId: CardId, pin: Uint8Array): string {
  const text = concatBytes(Buffer.from(`${cardId}|`, 'latin1'), pin);
  const verifier = toHex(hmac(key, text));
  text.fill(0);
  pin.fill(0);
  return verifier;
}

/** SM4-ECB with a kept key schedule: blocks are independent, so one context serves all. */
function keepSm4(key: Uint8Array): BlockCipher {
  const encipher = createCipheriv('sm4-ecb', key, null).setAutoPadding(false);
  const decipher = createDecipheriv('sm4-ecb', key, null).setAutoPadding(false);
  key.fill(0);
  return { encrypt: (block) => encipher.update(block), decrypt: (block) => decipher.update(block) };
}

function keepHmac(key: Uint8Array): KeyObject {
  const held = createSecretKey(key);
  key.fill(0);
  return held;
}

function newSession(storage: Storage, sealedMasterKey: string): TerminalSession {
  const masterKey = storage.open('store', sealedMasterKey);
  const pinKey = randomBytes(16);
  const macKey = randomBytes(16);
  const wrap = (key: Uint8Array) =>
    toHex(concatBytes(sm4Encrypt(masterKey, key), kcv('sm4', key, 4)));
  const session = {
    sealedPinKey: storage.seal('session-pin-key', pinKey),
    sealedMacKey: storage.seal('session-mac-key', macKey),
    wrappedPinKey: wrap(pinKey),
    wrappedMacKey: wrap(macKey),
  };
  for (const key of [masterKey, pinKey, macKey]) key.fill(0);
  return session;
}
