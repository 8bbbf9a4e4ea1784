/**
 * A keystore for tests of flows: the proofs are real MACs under a public test key, the PIN block is
 * the PIN itself.
 */
import { createHmac } from 'node:crypto';
import { fail, ok } from '../../../engine/base/errors/result.ts';
import { createPersonalData } from '../../../engine/ops/keystore/personal-data.ts';
import type { Keys } from '../../../engine/ports/keys.ts';
import type { PersonalData } from '../../../engine/ports/personal-data.ts';

const hmac = (label: string, data: Uint8Array): Uint8Array =>
  createHmac('sha256', `test key of ${label}`).update(data).digest();

/** What the genuine chip of a card answers, 8 bytes as hex. */
export function chipAnswer(cardId: string, factor: Uint8Array, source: Uint8Array): string {
  return Buffer.from(
    hmac(`card ${cardId}`, Buffer.concat([factor, source])).subarray(0, 8),
  ).toString('hex');
}

/** The "block" of a PIN, 16 bytes as hex. */
export function pinBlockOf(pin: string): string {
  return Buffer.from(pin.padEnd(16, 'F')).toString('hex');
}

export function verifierOf(pin: string): string {
  return `verifier of ${pin}`;
}

/** Real protection under public test keys; the highest of the versions seals. */
export function createTestPersonalData(
  versions: readonly number[] = [1],
  keystore = 'personal data',
): PersonalData {
  const secretOf = (label: string) => Uint8Array.from(hmac(label, Buffer.from(keystore)));
  return createPersonalData(
    {
      sealing: new Map(versions.map((version) => [version, secretOf(`seal ${version}`)])),
      hashing: secretOf('hash'),
    },
    {
      seal: (plain) => Buffer.from(plain).toString('base64'),
      open: (sealed) => Buffer.from(sealed, 'base64'),
    },
  );
}

export const testPersonalData = createTestPersonalData();

export function createTestKeys(): Keys {
  return {
    challengeMac: (content) => hmac('challenges', content),
    verifyChip: async ({ cardId, factor, source, cryptogram }) =>
      chipAnswer(cardId, factor, source) === Buffer.from(cryptogram).toString('hex'),
    pinVerifier: async ({ pinBlock }) => {
      const match = /^(\d{6})F{10}$/.exec(Buffer.from(pinBlock).toString());
      return match?.[1] === undefined ? fail('malformed') : ok(verifierOf(match[1]));
    },
    verifierOfPin: async (_, pin) => verifierOf(Buffer.from(pin).toString()),
    newTerminalSession: async () => ({
      sealedPinKey: 'p',
      sealedMacKey: 'm',
      wrappedPinKey: '',
      wrappedMacKey: '',
    }),
    sessionMac: (_, data) => hmac('session', data),
    signAnswer: async (data) => hmac('answers', data),
    answerKeyId: 'test',
    answerPublicKey: '',
    seal: (plain) => Buffer.from(plain).toString('base64'),
    open: (sealed) => Buffer.from(sealed, 'base64'),
    personalData: testPersonalData,
    close: async () => undefined,
  };
}
