/** What every keystore of the social-security domain does; each implementation is held to it. */
import { createPublicKey, verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { kcv, sm4Decrypt } from '../../../engine/base/crypto/block-cipher.ts';
import { equalBytes, fromHex, toHex } from '../../../engine/base/crypto/bytes.ts';
import { deriveCardKey, internalAuthCryptogram } from '../../../engine/base/crypto/card-key.ts';
import {
  encodePinBlock4,
  pinAccountDigits,
  sm4Cipher,
} from '../../../engine/base/crypto/pin-block.ts';
import { hmacSm3 } from '../../../engine/base/crypto/sm3.ts';
import type { CardId } from '../../../engine/base/ids/ids.ts';
import { parseCardId } from '../../../engine/base/ids/ids.ts';
import type { ChipAlgorithm } from '../../../engine/domain/card/card.ts';
import type { Keys } from '../../../engine/ports/keys.ts';

/** A keystore that was opened for the contract. */
export type OpenedKeystore = {
  readonly keys: Keys;
  /** The same keystore once more, as another engine opens it. */
  readonly again: Keys;
  /** Another one, with other keys. */
  readonly stranger: Keys;
  /** Its national masters: copies that the test may keep. */
  readonly cardMasterKeys: Readonly<Record<ChipAlgorithm, Uint8Array>>;
};

const cardId = idOf('441900D15600000500A1B2C3D4E5F601');
const otherCardId = idOf('441900D15600000500A1B2C3D4E5F602');
const otherCity = idOf('440300D15600000500A1B2C3D4E5F601');
/** The master key of a terminal, of the published SM4 example (GB/T 32907-2016 appendix A). */
const terminalMasterKey = fromHex('0123456789ABCDEFFEDCBA9876543210');
const [factor, source] = [fromHex('1122334455667788'), fromHex('99AABBCCDDEEFF00')];

function idOf(text: string): CardId {
  const id = parseCardId(text);
  if (id === undefined) throw new Error('not a card id');
  return id;
}

/** Signs a terminal in and unwraps the session keys as its PIN pad does. */
async function signIn(keys: Keys) {
  const session = await keys.newTerminalSession(keys.seal(terminalMasterKey));
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

/** What an error tells, with its cause. */
export async function messageOf(action: () => unknown): Promise<string> {
  try {
    await action();
  } catch (error) {
    if (error instanceof Error) return `${error.message} ${error.stack} ${String(error.cause)}`;
  }
  throw new Error('nothing was thrown');
}

/** Declares the tests of the contract. @param open opens it once for all of them */
export function describeKeys(name: string, open: () => Promise<OpenedKeystore>): void {
  describe(`the keys of the ${name} keystore`, () => {
    let opened: OpenedKeystore;
    beforeAll(async () => {
      opened = await open();
    });
    afterAll(async () => {
      for (const keys of [opened.keys, opened.again, opened.stranger]) await keys.close();
    });
    describePins(() => opened.keys);
    describeChips(() => opened);
    describeSealedTexts(() => opened);
    describeSessions(() => opened);
  });
}

function describePins(keys: () => Keys): void {
  test('one PIN has one verifier for a card, whatever the fill of the block, the terminal, and who sets it', async () => {
    const [first, second] = [await signIn(keys()), await signIn(keys())];
    const verifier = (sealedPinKey: string, block: Uint8Array) =>
      keys().pinVerifier({ sealedPinKey, pinBlock: block, cardId });
    const { sealedPinKey } = first.session;
    const one = await verifier(sealedPinKey, pinBlock(first.pinKey, '528719', cardId));
    const otherFill = pinBlock(second.pinKey, '528719', cardId, 'F0E1D2C3B4A59687');
    const two = await verifier(second.session.sealedPinKey, otherFill);
    expect(one).toMatchObject({ ok: true, value: expect.stringMatching(/^[0-9A-F]{64}$/) });
    expect(two).toEqual(one);
    const wrong = await verifier(sealedPinKey, pinBlock(first.pinKey, '528718', cardId));
    expect(wrong.ok).toBe(true);
    expect(wrong).not.toEqual(one);
    const typed = Buffer.from('528719');
    expect({ ok: true, value: await keys().verifierOfPin(cardId, typed) }).toEqual(one);
    expect(typed.every((byte) => byte === 0)).toBe(true);
  });

  test('equal PINs of two cards have different verifiers', async () => {
    const verifiers = [cardId, otherCardId].map((id) =>
      keys().verifierOfPin(id, Buffer.from('528719')),
    );
    expect(new Set(await Promise.all(verifiers)).size).toBe(2);
  });

  test('the block of another card, of another terminal and of a wrong size are malformed', async () => {
    const { session, pinKey } = await signIn(keys());
    const other = await signIn(keys());
    const blocks = [
      pinBlock(pinKey, '528719', otherCardId),
      pinBlock(other.pinKey, '528719', cardId),
      pinBlock(pinKey, '528719', cardId).subarray(0, 8),
    ];
    for (const block of blocks) {
      const entry = { sealedPinKey: session.sealedPinKey, pinBlock: block, cardId };
      expect(await keys().pinVerifier(entry)).toEqual({ ok: false, error: 'malformed' });
    }
  });
}

function describeChips(opened: () => OpenedKeystore): void {
  test.each(['sm4', '3des'] as const)(
    'a %s chip is genuine under its own card key only, in every city and to every engine',
    async (algorithm) => {
      const { keys, again, stranger } = opened();
      const masterKey = opened().cardMasterKeys[algorithm];
      for (const id of [cardId, otherCity, otherCardId, cardId]) {
        const cardKey = deriveCardKey({ algorithm, masterKey, cardId: id });
        const options = { algorithm, cardKey, factor8: factor, source8: source };
        const cryptogram = internalAuthCryptogram(options);
        const proof = { algorithm, cardId: id, factor, source, cryptogram };
        expect(await keys.verifyChip(proof)).toBe(true);
        expect(await again.verifyChip(proof)).toBe(true);
        expect(await stranger.verifyChip(proof)).toBe(false);
        const foreign = id === otherCardId ? cardId : otherCardId;
        const other = algorithm === 'sm4' ? '3des' : 'sm4';
        expect(await keys.verifyChip({ ...proof, cardId: foreign })).toBe(false);
        expect(await keys.verifyChip({ ...proof, source: factor })).toBe(false);
        expect(await keys.verifyChip({ ...proof, algorithm: other })).toBe(false);
        const cut = cryptogram.subarray(0, 7);
        expect(await keys.verifyChip({ ...proof, cryptogram: cut })).toBe(false);
      }
    },
  );
}

function describeSealedTexts(opened: () => OpenedKeystore): void {
  test('what was sealed is opened by every engine, and looks different every time', () => {
    const { keys, again } = opened();
    const reference = Buffer.from('6216261000000000018|0001', 'latin1');
    const [one, two] = [keys.seal(reference), keys.seal(reference)];
    expect(one).not.toBe(two);
    expect(Buffer.from(again.open(one)).toString('latin1')).toBe('6216261000000000018|0001');
    expect(keys.open(keys.seal(new Uint8Array(0)))).toHaveLength(0);
  });

  test('a sealed text does not open when any byte was changed or cut off, nor by other keys', () => {
    const { keys, stranger } = opened();
    const sealed = Buffer.from(keys.seal(terminalMasterKey), 'base64url');
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(() => keys.open(changed.toString('base64url'))).toThrow('altered');
    }
    expect(() => keys.open(sealed.subarray(0, 20).toString('base64url'))).toThrow('too short');
    expect(() => stranger.open(sealed.toString('base64url'))).toThrow('other keys');
  });

  test('personal data open at every engine, and are found by their hashes', () => {
    const [one, two, other] = [opened().keys, opened().again, opened().stranger];
    const sealed = one.personalData.seal('person.name', '张三');
    expect(two.personalData.open('person.name', sealed)).toBe('张三');
    expect(() => other.personalData.open('person.name', sealed)).toThrow('other keys');
    const hashes = [one, two, other].map(({ personalData }) =>
      personalData.keyedHash('id-number', 'X'),
    );
    expect(hashes[1]).toBe(hashes[0]);
    expect(hashes[2]).not.toBe(hashes[0]);
    expect(two.personalData.checks).toEqual(one.personalData.checks);
  });

  test('a sealed MAC key does not serve as a PIN key, nor as stored data', async () => {
    const { keys } = opened();
    const { session, pinKey } = await signIn(keys);
    const block = pinBlock(pinKey, '528719', cardId);
    const swapped = { sealedPinKey: session.sealedMacKey, pinBlock: block, cardId };
    await expect(keys.pinVerifier(swapped)).rejects.toThrow('another purpose');
    expect(() => keys.open(session.sealedMacKey)).toThrow('another purpose');
  });
}

function describeSessions(opened: () => OpenedKeystore): void {
  test('a session MAC is HMAC-SM3 under the key that the terminal unwrapped', async () => {
    const { keys, again } = opened();
    const { session, macKey } = await signIn(keys);
    const base = Buffer.from('"@method": POST', 'latin1');
    const mac = hmacSm3(macKey, base);
    for (const engine of [keys, keys, again]) {
      expect(equalBytes(engine.sessionMac(session.sealedMacKey, base), mac)).toBe(true);
    }
  });

  test('a challenge has the same MAC at every engine, and another one elsewhere', () => {
    const { keys, again, stranger } = opened();
    const content = Buffer.from('challenge');
    expect(equalBytes(keys.challengeMac(content), again.challengeMac(content))).toBe(true);
    expect(equalBytes(keys.challengeMac(content), stranger.challengeMac(content))).toBe(false);
  });

  test('an answer is signed by the key that the public key names', async () => {
    const { keys, again, stranger } = opened();
    const answer = Buffer.from('{"outcome":"approved"}');
    const key = Buffer.from(keys.answerPublicKey, 'base64');
    const publicKey = createPublicKey({ key, format: 'der', type: 'spki' });
    expect(verify(null, answer, publicKey, await keys.signAnswer(answer))).toBe(true);
    expect(verify(null, answer, publicKey, await again.signAnswer(answer))).toBe(true);
    expect(verify(null, Buffer.from('{}'), publicKey, await keys.signAnswer(answer))).toBe(false);
    expect([again.answerKeyId, again.answerPublicKey]).toEqual([
      keys.answerKeyId,
      keys.answerPublicKey,
    ]);
    expect(stranger.answerKeyId).not.toBe(keys.answerKeyId);
  });

  test('no error of the keystore tells a PIN, a key or a card', async () => {
    const { keys } = opened();
    const { session, pinKey } = await signIn(keys);
    const { sealedMacKey } = session;
    const block = pinBlock(pinKey, '528719', cardId);
    const entry = { sealedPinKey: sealedMacKey, pinBlock: block, cardId };
    const told = [
      await messageOf(() => keys.pinVerifier(entry)),
      await messageOf(() => keys.open(sealedMacKey)),
      await messageOf(() => keys.newTerminalSession('not a sealed text')),
    ].join('\n');
    for (const secret of ['528719', toHex(pinKey), toHex(block), cardId, sealedMacKey]) {
      expect(told).not.toContain(secret);
    }
  });
}
