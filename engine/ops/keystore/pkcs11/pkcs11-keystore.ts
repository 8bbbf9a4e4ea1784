import { cityKeyBelow, deriveCityKey, diversificationData } from '../../../base/crypto/card-key.ts';
import { fail } from '../../../base/errors/result.ts';
import type { BankLinkKeys, Keys } from '../../../ports/keys.ts';
import type { KeyCabinet, KeyRecord } from '../key-cabinet.ts';
import { keyLabel, latestOf } from '../key-cabinet.ts';
import { financialKeys, socialSecurityKeys } from '../key-catalogue.ts';
import { missingKeys } from '../keystore-errors.ts';
import { checkMacKey, readKeyBlob } from '../link-keys.ts';
import type { KeyRoots } from '../software-keys.ts';
import { createKeys } from '../software-keys.ts';
import { mechanism } from './cryptoki.ts';
import type { Token, TokenPlace } from './token.ts';
import { openToken } from './token.ts';
import { createTokenCabinet, publicKeyOf } from './token-cabinet.ts';
import { handleOf, openWrapped } from './token-objects.ts';

const SIGNATURE_BYTES = 64;
const KEY_BYTES = 16;

/**
 * The keys of the social-security domain on a token. Inside stay the 3DES master, with which the province's
 * key is made, and the key pair that signs answers. SM4 and HMAC-SM3 keys leave it, wrapped until then: the
 * module has no such algorithms.
 * @throws StartupError when the token cannot be opened, or lacks a key
 */
export async function openPkcs11Keys(place: TokenPlace): Promise<Keys> {
  const token = await openToken(place);
  return closedOnFailure(token, async () => createKeys(await tokenRoots(token)));
}

/** The engine's side of the bank's link on a token of its own: MAC keys are deciphered inside. */
export async function openPkcs11LinkKeys(place: TokenPlace): Promise<BankLinkKeys> {
  const token = await openToken(place);
  return closedOnFailure(token, async () => {
    const cabinet = createTokenCabinet(token, 'financial', financialKeys);
    const { linkKey } = await labelsInUse(cabinet, financialKeys);
    return {
      async unwrapMacKey(blob) {
        const parts = readKeyBlob(blob);
        if (parts === undefined) return fail('malformed');
        const key = await des3(token, 'decrypt', linkKey, parts.enciphered);
        return checkMacKey({ algorithm: '3des', key }, parts.checkValue);
      },
      close: token.close,
    };
  });
}

/** The keys of a token for those who look after them. */
export async function openTokenCabinet(
  domain: KeyCabinet['domain'],
  place: TokenPlace,
): Promise<KeyCabinet> {
  const kinds = domain === 'financial' ? financialKeys : socialSecurityKeys;
  return createTokenCabinet(await openToken(place), domain, kinds);
}

async function tokenRoots(token: Token): Promise<KeyRoots> {
  const cabinet = createTokenCabinet(token, 'social-security', socialSecurityKeys);
  const labels = await labelsInUse(cabinet, socialSecurityKeys);
  const open = (label: string) => token.run((session) => openWrapped(session, label));
  const publicKey = await token.run((session) => publicKeyOf(session, labels.answer));
  return {
    working: {
      pinVerifier: await open(labels.pinVerifier),
      challenge: await open(labels.challenge),
      storageCipher: await open(labels.storageCipher),
      storageMac: await open(labels.storageMac),
    },
    cityKey: async (algorithm, factors) => {
      if (algorithm === '3des') return city3des(token, labels.cardMaster3des, factors);
      const masterKey = await open(labels.cardMasterSm4);
      const cityKey = deriveCityKey({ algorithm, masterKey, factors });
      masterKey.fill(0);
      return cityKey;
    },
    answer: {
      publicKey,
      sign: (data) =>
        token.run((session) => {
          const key = handleOf(session, 'privateKey', labels.answer);
          session.cryptoki.C_SignInit(session.session, { mechanism: mechanism.eddsa }, key);
          const out = Buffer.alloc(SIGNATURE_BYTES);
          return session.cryptoki.C_SignAsync(session.session, asBuffer(data), out);
        }),
    },
    close: token.close,
  };
}

/** The province's key is made inside the module, and comes out for the one step below it. */
async function city3des(
  token: Token,
  master: string,
  factors: Parameters<KeyRoots['cityKey']>[1],
): Promise<Uint8Array> {
  const data = diversificationData(factors.province);
  const provinceKey = await des3(token, 'encrypt', master, data);
  return cityKeyBelow({ algorithm: '3des', provinceKey, factors });
}

function des3(
  token: Token,
  direction: 'encrypt' | 'decrypt',
  label: string,
  blocks: Uint8Array,
): Promise<Uint8Array> {
  return token.run((session) => {
    const { cryptoki } = session;
    const key = handleOf(session, 'secretKey', label);
    const ecb = { mechanism: mechanism.des3Ecb };
    const out = Buffer.alloc(KEY_BYTES);
    if (direction === 'encrypt') {
      cryptoki.C_EncryptInit(session.session, ecb, key);
      return cryptoki.C_EncryptAsync(session.session, asBuffer(blocks), out);
    }
    cryptoki.C_DecryptInit(session.session, ecb, key);
    return cryptoki.C_DecryptAsync(session.session, asBuffer(blocks), out);
  });
}

/** The label of the latest version of each key. @throws StartupError naming those that are missing */
async function labelsInUse<Name extends string>(
  cabinet: KeyCabinet,
  kinds: Readonly<Record<Name, unknown>>,
): Promise<Readonly<Record<Name, string>>> {
  const latest: ReadonlyMap<string, KeyRecord> = latestOf(await cabinet.list());
  const names = Object.keys(kinds);
  const missing = names.filter((name) => !latest.has(name));
  if (missing.length > 0) throw missingKeys(cabinet.domain, missing);
  const labels = names.map((name) => [name, keyLabel(name, latest.get(name)?.version ?? 1)]);
  return Object.fromEntries(labels) as Record<Name, string>;
}

async function closedOnFailure<T>(token: Token, open: () => Promise<T>): Promise<T> {
  try {
    return await open();
  } catch (error) {
    await token.close();
    throw error;
  }
}

function asBuffer({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}
