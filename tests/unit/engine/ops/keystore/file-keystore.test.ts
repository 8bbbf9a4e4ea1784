/**
 * The development keystore: a PIN block counts for its own card only, sealed texts cannot be altered
 * or swapped, and no error tells a secret.
 */
import { createPublicKey, verify } from 'node:crypto';
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { kcv, sm4Decrypt } from '../../../../../engine/base/crypto/block-cipher.ts';
import { equalBytes, fromHex, toHex } from '../../../../../engine/base/crypto/bytes.ts';
import {
  deriveCardKey,
  internalAuthCryptogram,
} from '../../../../../engine/base/crypto/card-key.ts';
import {
  encodePinBlock4,
  pinAccountDigits,
  sm4Cipher,
} from '../../../../../engine/base/crypto/pin-block.ts';
import { hmacSm3 } from '../../../../../engine/base/crypto/sm3.ts';
import type { CardId } from '../../../../../engine/base/ids/ids.ts';
import { parseCardId } from '../../../../../engine/base/ids/ids.ts';
import {
  loadKeystoreSecrets,
  openFileKeystore,
} from '../../../../../engine/ops/keystore/file-keystore.ts';
import { StartupError } from '../../../../../engine/ops/startup-error.ts';
import type { Keys } from '../../../../../engine/ports/keys.ts';

const cardId = idOf('441900D15600000500A1B2C3D4E5F601');
const otherCardId = idOf('441900D15600000500A1B2C3D4E5F602');
/** The master key of a terminal, of the published SM4 example (GB/T 32907-2016 appendix A). */
const terminalMasterKey = fromHex('0123456789ABCDEFFEDCBA9876543210');

let folder: string;
let path: string;
let keys: Keys;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'yikatong-keys-'));
  path = join(folder, 'engine-keys.json');
  keys = openFileKeystore(path, { createIfMissing: true });
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function idOf(text: string): CardId {
  const id = parseCardId(text);
  if (id === undefined) throw new Error('not a card id');
  return id;
}

/** Signs a terminal in and unwraps the session keys as its PIN pad does. */
function signIn() {
  const session = keys.newTerminalSession(keys.seal(terminalMasterKey));
  const unwrap = (hex: string) => {
    const wrapped = fromHex(hex);
    const key = sm4Decrypt(terminalMasterKey, wrapped.subarray(0, 16));
    expect(toHex(kcv('sm4', key, 4))).toBe(toHex(wrapped.subarray(16)));
    return key;
  };
  return { session, pinKey: unwrap(session.wrappedPinKey), macKey: unwrap(session.wrappedMacKey) };
}

function pinBlock(
  pinKey: Uint8Array,
  pin: string,
  id: CardId,
  random = '0001020304050607',
): Uint8Array {
  const pan = pinAccountDigits(id);
  return encodePinBlock4({ pin, pan, random: fromHex(random), cipher: sm4Cipher(pinKey) });
}

function messageOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof Error) return `${error.message} ${error.stack} ${String(error.cause)}`;
  }
  throw new Error('nothing was thrown');
}

describe('medical PIN', () => {
  test('one PIN has one verifier for a card, whatever the random fill of the block and the terminal', () => {
    const [first, second] = [signIn(), signIn()];
    const verifier = (sealedPinKey: string, block: Uint8Array) =>
      keys.pinVerifier({ sealedPinKey, pinBlock: block, cardId });
    const one = verifier(first.session.sealedPinKey, pinBlock(first.pinKey, '528719', cardId));
    const two = verifier(
      second.session.sealedPinKey,
      pinBlock(second.pinKey, '528719', cardId, 'F0E1D2C3B4A59687'),
    );
    expect(one).toMatchObject({ ok: true, value: expect.stringMatching(/^[0-9A-F]{64}$/) });
    expect(two).toEqual(one);
    const wrong = verifier(first.session.sealedPinKey, pinBlock(first.pinKey, '528718', cardId));
    expect(wrong.ok).toBe(true);
    expect(wrong).not.toEqual(one);
  });

  test('equal PINs of two cards have different verifiers', () => {
    const { session, pinKey } = signIn();
    const { sealedPinKey } = session;
    const one = keys.pinVerifier({
      sealedPinKey,
      pinBlock: pinBlock(pinKey, '528719', cardId),
      cardId,
    });
    const block = pinBlock(pinKey, '528719', otherCardId);
    const two = keys.pinVerifier({ sealedPinKey, pinBlock: block, cardId: otherCardId });
    expect(two.ok && one.ok).toBe(true);
    expect(two).not.toEqual(one);
  });

  test('the block of another card, of another terminal and of a wrong size are malformed', () => {
    const { session, pinKey } = signIn();
    const other = signIn();
    const { sealedPinKey } = session;
    const blocks = [
      pinBlock(pinKey, '528719', otherCardId),
      pinBlock(other.pinKey, '528719', cardId),
      pinBlock(pinKey, '528719', cardId).subarray(0, 8),
    ];
    for (const block of blocks) {
      const result = keys.pinVerifier({ sealedPinKey, pinBlock: block, cardId });
      expect(result).toEqual({ ok: false, error: 'malformed' });
    }
  });
});

describe('chip', () => {
  test.each(['sm4', '3des'] as const)(
    'a %s chip is genuine under its own card key only',
    (algorithm) => {
      const masterKey = loadKeystoreSecrets(path, { createIfMissing: false }).cardMasterKeys[
        algorithm
      ];
      const [factor, source] = [fromHex('1122334455667788'), fromHex('99AABBCCDDEEFF00')];
      const cardKey = deriveCardKey({ algorithm, masterKey, cardId });
      const cryptogram = internalAuthCryptogram({
        algorithm,
        cardKey,
        factor8: factor,
        source8: source,
      });
      const proof = { algorithm, cardId, factor, source, cryptogram };
      expect(keys.verifyChip(proof)).toBe(true);
      expect(keys.verifyChip({ ...proof, cardId: otherCardId })).toBe(false);
      expect(keys.verifyChip({ ...proof, source: factor })).toBe(false);
      expect(keys.verifyChip({ ...proof, algorithm: algorithm === 'sm4' ? '3des' : 'sm4' })).toBe(
        false,
      );
      expect(keys.verifyChip({ ...proof, cryptogram: cryptogram.subarray(0, 7) })).toBe(false);
    },
  );
});

describe('sealed texts', () => {
  test('open to what was sealed, and look different every time', () => {
    const reference = Buffer.from('6216261000000000018|0001', 'latin1');
    const [one, two] = [keys.seal(reference), keys.seal(reference)];
    expect(one).not.toBe(two);
    expect(Buffer.from(keys.open(one)).toString('latin1')).toBe('6216261000000000018|0001');
    expect(keys.open(keys.seal(new Uint8Array(0)))).toHaveLength(0);
  });

  test('throw when any byte was changed, cut off, or sealed by other keys', () => {
    const sealed = Buffer.from(keys.seal(terminalMasterKey), 'base64url');
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(() => keys.open(changed.toString('base64url'))).toThrow('altered');
    }
    expect(() => keys.open(sealed.subarray(0, 20).toString('base64url'))).toThrow('too short');
    const stranger = openFileKeystore(join(folder, 'other.json'), { createIfMissing: true });
    expect(() => stranger.open(sealed.toString('base64url'))).toThrow('other keys');
  });

  test('a sealed MAC key does not serve as a PIN key, nor as stored data', () => {
    const { session, pinKey } = signIn();
    const block = pinBlock(pinKey, '528719', cardId);
    const swapped = { sealedPinKey: session.sealedMacKey, pinBlock: block, cardId };
    expect(() => keys.pinVerifier(swapped)).toThrow('another purpose');
    expect(() => keys.open(session.sealedMacKey)).toThrow('another purpose');
  });
});

test('a session MAC is HMAC-SM3 under the key that the terminal unwrapped', () => {
  const { session, macKey } = signIn();
  const base = Buffer.from('"@method": POST', 'latin1');
  const mac = keys.sessionMac(session.sealedMacKey, base);
  expect(equalBytes(mac, hmacSm3(macKey, base))).toBe(true);
  expect(equalBytes(keys.sessionMac(session.sealedMacKey, base), mac)).toBe(true);
});

test('an answer is signed by the key that the public key names', () => {
  const answer = Buffer.from('{"outcome":"approved"}');
  const key = Buffer.from(keys.answerPublicKey, 'base64');
  const publicKey = createPublicKey({ key, format: 'der', type: 'spki' });
  expect(verify(null, answer, publicKey, keys.signAnswer(answer))).toBe(true);
  expect(verify(null, Buffer.from('{}'), publicKey, keys.signAnswer(answer))).toBe(false);
});

describe('the file', () => {
  test('is readable by its owner alone, and opening it again gives the same keys', () => {
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['engine-keys.json']);
    const again = openFileKeystore(path, { createIfMissing: true });
    expect(again.answerKeyId).toBe(keys.answerKeyId);
    expect(again.open(keys.seal(terminalMasterKey))).toEqual(terminalMasterKey);
  });

  test('is refused when it is missing, open to others, or damaged; the text names no key', () => {
    const missing = join(folder, 'missing.json');
    expect(() => openFileKeystore(missing, { createIfMissing: false })).toThrow(StartupError);
    const content = readFileSync(path, 'utf8');
    const secretTexts = [...content.matchAll(/"([0-9A-F]{32,})"/g)].map((match) => match[1] ?? '');
    expect(secretTexts).toHaveLength(7);

    chmodSync(path, 0o644);
    const tellOpen = messageOf(() => openFileKeystore(path, { createIfMissing: true }));
    expect(tellOpen).toContain('chmod 600');
    chmodSync(path, 0o600);
    writeFileSync(path, content.slice(0, -20));
    const tellCut = messageOf(() => openFileKeystore(path, { createIfMissing: true }));
    expect(tellCut).toContain('not a valid key file');
    writeFileSync(path, content.replace('"storageMac": "', '"storageMac": "00'));
    const tellLong = messageOf(() => openFileKeystore(path, { createIfMissing: true }));
    for (const secret of secretTexts) {
      for (const told of [tellOpen, tellCut, tellLong])
        expect(told).not.toContain(secret.slice(0, 12));
    }
  });
});

test('no error of the keystore tells a PIN, a key or a card', () => {
  const { session, pinKey } = signIn();
  const { sealedMacKey } = session;
  const block = pinBlock(pinKey, '528719', cardId);
  const told = [
    messageOf(() => keys.pinVerifier({ sealedPinKey: sealedMacKey, pinBlock: block, cardId })),
    messageOf(() => keys.open(sealedMacKey)),
    messageOf(() => keys.newTerminalSession('not a sealed text')),
  ].join('\n');
  for (const secret of ['528719', toHex(pinKey), toHex(block), cardId, sealedMacKey]) {
    expect(told).not.toContain(secret);
  }
});

test('personal data that were sealed before a restart open after it, and are found by their hashes', () => {
  const again = openFileKeystore(path, { createIfMissing: false });
  const { personalData } = keys;
  const sealed = personalData.seal('person.name', '张三');
  expect(again.personalData.open('person.name', sealed)).toBe('张三');
  expect(again.personalData.keyedHash('id-number', 'X')).toBe(
    personalData.keyedHash('id-number', 'X'),
  );
  expect(again.personalData.checks).toEqual(personalData.checks);
});
