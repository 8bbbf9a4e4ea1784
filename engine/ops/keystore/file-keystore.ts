import type { KeyObject } from 'node:crypto';
import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  randomBytes,
  sign,
} from 'node:crypto';
import { kcv, sm4Encrypt } from '../../base/crypto/block-cipher.ts';
import { concatBytes, equalBytes, toHex } from '../../base/crypto/bytes.ts';
import { createCardKeys, internalAuthCryptogram } from '../../base/crypto/card-key.ts';
import type { BlockCipher } from '../../base/crypto/pin-block.ts';
import { decodePinBlock4, pinAccountDigits } from '../../base/crypto/pin-block.ts';
import { hmacSm3, sm3 } from '../../base/crypto/sm3.ts';
import { fail, invariant, ok } from '../../base/errors/result.ts';
import type { CardId } from '../../base/ids/ids.ts';
import type { ChipAlgorithm } from '../../domain/card/card.ts';
import type { Keys, TerminalSession } from '../../ports/keys.ts';
import { createPersonalData, type PersonalDataSecrets } from './personal-data.ts';
import { loadKeyFile } from './secret-file.ts';

/**
 * A keystore in a JSON file, for development. Production needs a hardware module behind the same port; the
 * composition root refuses this one there. It holds keys of the social-security application only.
 */

/** Content of the file, as bytes. The sandbox's card issuer, as the issuing centre, reads the same file. */
export type KeystoreSecrets = {
  readonly cardMasterKeys: Readonly<Record<ChipAlgorithm, Uint8Array>>;
  readonly pinVerifierKey: Uint8Array;
  readonly challengeKey: Uint8Array;
  /** SM4 key and HMAC-SM3 key of `seal`. */
  readonly storageCipherKey: Uint8Array;
  readonly storageMacKey: Uint8Array;
  /** Ed25519, PKCS#8 DER. */
  readonly answerKey: Uint8Array;
};

/** Purpose of a sealed text; it cannot be opened for another purpose. */
type Purpose = 'store' | 'session-pin-key' | 'session-mac-key';

const FORMAT = 'yikatong-engine-keys-1';
const keyMakers = {
  cardMasterSm4: 16,
  cardMaster3des: 16,
  pinVerifier: 32,
  challenge: 32,
  storageCipher: 16,
  storageMac: 32,
  answer: () => generateKeyPairSync('ed25519').privateKey.export({ format: 'der', type: 'pkcs8' }),
};
const MAC_BYTES = 32;
const IV_BYTES = 16;
/** Cache size for opened session keys, two per terminal. */
const OPENED_KEYS_MAX = 20_000;
/** Cache size for keys of card issuers. */
const CARD_REGIONS_MAX = 1_000;

/**
 * Opens the keystore of a file.
 * @param path the key file, mode 0600
 * @param options `createIfMissing`: create the file with new random keys if it is missing
 * @throws StartupError when the file is missing, readable by others, or not a key file
 */
export function openFileKeystore(
  path: string,
  options: { readonly createIfMissing: boolean },
): Keys {
  return makeKeys(loadKeystoreSecrets(path, options));
}

/**
 * Reads the secrets themselves, for the card issuer of the sandbox.
 * @throws StartupError as `openFileKeystore`
 */
export function loadKeystoreSecrets(
  path: string,
  options: { readonly createIfMissing: boolean },
): KeystoreSecrets {
  const keys = loadKeyFile(path, { format: FORMAT, makers: keyMakers, ...options });
  return {
    cardMasterKeys: { sm4: keys.cardMasterSm4, '3des': keys.cardMaster3des },
    pinVerifierKey: keys.pinVerifier,
    challengeKey: keys.challenge,
    storageCipherKey: keys.storageCipher,
    storageMacKey: keys.storageMac,
    answerKey: keys.answer,
  };
}

/**
 * The keyed verifier of a medical PIN: HMAC-SM3(key, card id "|" PIN), hex. The card id keeps equal
 * PINs from looking equal.
 * @param key `KeystoreSecrets.pinVerifierKey`
 * @param pin ASCII digits; zeroed before the return
 */
export function makePinVerifier(key: KeyObject, cardId: CardId, pin: Uint8Array): string {
  const text = concatBytes(Buffer.from(`${cardId}|`, 'latin1'), pin);
  const verifier = toHex(hmac(key, text));
  text.fill(0);
  pin.fill(0);
  return verifier;
}

function makeKeys(secrets: KeystoreSecrets): Keys {
  const storage = openStorage(secrets);
  const pinKeys = keepOpened((sealed) => keepSm4(storage.open('session-pin-key', sealed)));
  const macKeys = keepOpened((sealed) => createSecretKey(storage.open('session-mac-key', sealed)));
  const cardKeys = {
    sm4: createCardKeys({
      algorithm: 'sm4',
      masterKey: secrets.cardMasterKeys.sm4,
      regionsMax: CARD_REGIONS_MAX,
    }),
    '3des': createCardKeys({
      algorithm: '3des',
      masterKey: secrets.cardMasterKeys['3des'],
      regionsMax: CARD_REGIONS_MAX,
    }),
  };
  const challengeKey = createSecretKey(secrets.challengeKey);
  const verifierKey = createSecretKey(secrets.pinVerifierKey);
  const answer = openAnswerKey(secrets.answerKey);
  return {
    challengeMac: (content) => hmac(challengeKey, content),
    verifyChip: (proof) => {
      const { algorithm, cardId, factor, source } = proof;
      const cardKey = cardKeys[algorithm](cardId);
      const expected = internalAuthCryptogram({
        algorithm,
        cardKey,
        factor8: factor,
        source8: source,
      });
      return equalBytes(expected, proof.cryptogram);
    },
    pinVerifier: ({ sealedPinKey, pinBlock, cardId }) => {
      const cipher = pinKeys(sealedPinKey);
      const pin = decodePinBlock4({ block: pinBlock, pan: pinAccountDigits(cardId), cipher });
      if (!pin.ok) return fail('malformed');
      return ok(makePinVerifier(verifierKey, cardId, Buffer.from(pin.value, 'latin1')));
    },
    newTerminalSession: (sealedMasterKey) => newSession(storage, sealedMasterKey),
    sessionMac: (sealedMacKey, data) => hmac(macKeys(sealedMacKey), data),
    signAnswer: (data) => sign(null, data, answer.privateKey),
    answerKeyId: answer.id,
    answerPublicKey: answer.publicKey,
    seal: (plain) => storage.seal('store', plain),
    open: (sealed) => storage.open('store', sealed),
    personalData: createPersonalData(personalDataSecrets(secrets)),
  };
}

/**
 * Derived from the storage key, so that key files made before personal data were sealed go on as they are.
 * The labels have no "|": no sealed text has such a MAC.
 */
export function personalDataSecrets({
  storageMacKey,
}: Pick<KeystoreSecrets, 'storageMacKey'>): PersonalDataSecrets {
  const derived = (label: string) => hmacSm3(storageMacKey, Buffer.from(label));
  return {
    sealing: new Map([[1, derived('personal data, seal 1')]]),
    hashing: derived('personal data, hash'),
  };
}

/** HMAC-SM3 with a KeyObject: a third of the time that a key from bytes takes. */
function hmac(key: KeyObject, data: Uint8Array): Uint8Array {
  return createHmac('sm3', key).update(data).digest();
}

/** SM4-ECB with a kept key schedule: blocks are independent, so one context serves all. */
function keepSm4(key: Uint8Array): BlockCipher {
  const encipher = createCipheriv('sm4-ecb', key, null).setAutoPadding(false);
  const decipher = createDecipheriv('sm4-ecb', key, null).setAutoPadding(false);
  key.fill(0);
  return { encrypt: (block) => encipher.update(block), decrypt: (block) => decipher.update(block) };
}

function openAnswerKey(pkcs8: Uint8Array): {
  privateKey: KeyObject;
  publicKey: string;
  id: string;
} {
  const privateKey = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
  invariant(privateKey.asymmetricKeyType === 'ed25519', 'the answer key is an Ed25519 key');
  const spki = createPublicKey(privateKey).export({ format: 'der', type: 'spki' });
  // The id is derived from the key, so a new key cannot have an old id.
  return { privateKey, publicKey: spki.toString('base64'), id: toHex(sm3(spki).subarray(0, 8)) };
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

type Storage = {
  seal(purpose: Purpose, plain: Uint8Array): string;
  open(purpose: Purpose, sealed: string): Uint8Array;
};

/** Encrypt-then-MAC over purpose, IV and ciphertext. Node has SM4-CTR but no SM4-GCM. */
function openStorage(secrets: KeystoreSecrets): Storage {
  const cipherKey = createSecretKey(secrets.storageCipherKey);
  const macKey = createSecretKey(secrets.storageMacKey);
  const mac = (purpose: Purpose, content: Uint8Array) =>
    hmac(macKey, concatBytes(Buffer.from(`${purpose}|`, 'latin1'), content));
  return {
    seal: (purpose, plain) => {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('sm4-ctr', cipherKey, iv);
      const content = concatBytes(iv, cipher.update(plain), cipher.final());
      return Buffer.from(concatBytes(content, mac(purpose, content))).toString('base64url');
    },
    open: (purpose, sealed) => {
      const bytes = Buffer.from(sealed, 'base64url');
      invariant(bytes.length >= IV_BYTES + MAC_BYTES, 'a sealed text is too short');
      const content = bytes.subarray(0, -MAC_BYTES);
      const isIntact = equalBytes(mac(purpose, content), bytes.subarray(-MAC_BYTES));
      invariant(
        isIntact,
        'a sealed text was altered, or sealed for another purpose or by other keys',
      );
      const decipher = createDecipheriv('sm4-ctr', cipherKey, content.subarray(0, IV_BYTES));
      return concatBytes(decipher.update(content.subarray(IV_BYTES)), decipher.final());
    },
  };
}

/** Caches opened keys by their sealed text; at the limit the oldest is removed. */
function keepOpened<T>(openKey: (sealed: string) => T): (sealed: string) => T {
  const opened = new Map<string, T>();
  return (sealed) => {
    const known = opened.get(sealed);
    if (known !== undefined) return known;
    const key = openKey(sealed);
    const [oldest] = opened.size >= OPENED_KEYS_MAX ? opened.keys() : [];
    if (oldest !== undefined) opened.delete(oldest);
    opened.set(sealed, key);
    return key;
  };
}
