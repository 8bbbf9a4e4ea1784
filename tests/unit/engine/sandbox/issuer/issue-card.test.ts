/**
 * A card that the sandbox issues is genuine to the engine and to the bank: the virtual chip and the
 * two key systems meet only here.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sm4Decrypt } from '../../../../../engine/base/crypto/block-cipher.ts';
import { fromHex, toHex } from '../../../../../engine/base/crypto/bytes.ts';
import { deriveUdk } from '../../../../../engine/base/crypto/emv-cryptogram.ts';
import {
  encodePinBlock4,
  pinAccountDigits,
  sm4Cipher,
} from '../../../../../engine/base/crypto/pin-block.ts';
import { chipAlgorithmOf } from '../../../../../engine/domain/card/card.ts';
import { openFileKeystore } from '../../../../../engine/ops/keystore/file-keystore.ts';
import type { Keys } from '../../../../../engine/ports/keys.ts';
import { luhnDigit, sandboxPan } from '../../../../../engine/sandbox/issuer/sandbox-numbers.ts';
import { loadBankKeys, sandboxKeyPaths } from '../../../../../engine/sandbox/keys/sandbox-keys.ts';
import { issueToPerson } from '../../../../../engine/sandbox/seed/issue-to-person.ts';
import type { SandboxPerson } from '../../../../../engine/sandbox/seed/sandbox-people.ts';
import {
  findSandboxPerson,
  sandboxPeople,
} from '../../../../../engine/sandbox/seed/sandbox-people.ts';
import { loadIssuingKeys } from '../../../../../engine/sandbox/seed/seed-sandbox.ts';
import { createSimulatedReader } from '../../../../../terminal-adapter/readers/simulated-reader.ts';
import {
  authenticateChip,
  readCard,
  readHolder,
} from '../../../../../terminal-adapter/session/card-session.ts';
import { createVirtualCard } from '../../../../../terminal-adapter/virtual-card/virtual-card.ts';

const challenge = { factor: fromHex('0102030405060708'), source: fromHex('1112131415161718') };
const seededAt = Date.parse('2026-11-22T10:00:00+08:00');

let folder: string;
let keys: Keys;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'yikatong-issuer-'));
  keys = openFileKeystore(sandboxKeyPaths(folder).engineKeys, { createIfMissing: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function personOf(id: string): SandboxPerson {
  const person = findSandboxPerson(id);
  if (person === undefined) throw new Error(`no sandbox person ${id}`);
  return person;
}

/** The card of a person in a reader, as a terminal finds it. */
async function insertCard(id: string) {
  const issued = issueToPerson(personOf(id), loadIssuingKeys(folder), seededAt);
  const card = createVirtualCard(issued.personalisation, { random: (n) => new Uint8Array(n) });
  return { ...issued, connection: await createSimulatedReader({ card }).connect() };
}

describe('the chip', () => {
  test.each(['beijing-fresh', 'old-chip'])(
    'of %s tells what the engine has on record',
    async (id) => {
      const { connection, card } = await insertCard(id);
      const read = await readCard(connection);
      if (!read.ok) throw new Error(read.error.code);
      const { cardId, cardNumber, cardClass, specVersion, expiresOn } = card;
      const algorithm = chipAlgorithmOf(specVersion);
      const onRecord = { cardId, cardNumber, cardClass, specVersion, expiresOn, algorithm };
      expect(read.value).toMatchObject(onRecord);
    },
  );

  test.each(['beijing-fresh', 'old-chip'])('of %s is genuine, and is no other card', async (id) => {
    const { connection, card } = await insertCard(id);
    const cryptogram = await authenticateChip(connection, challenge);
    if (!cryptogram.ok) throw new Error(cryptogram.error.code);
    const { cardId } = card;
    const algorithm = chipAlgorithmOf(card.specVersion);
    const proof = { ...challenge, algorithm, cryptogram: cryptogram.value };
    expect(await keys.verifyChip({ ...proof, cardId })).toBe(true);
    const stranger = (await insertCard('beijing-retired')).card.cardId;
    expect(await keys.verifyChip({ ...proof, cardId: stranger })).toBe(false);
  });

  test("gives the holder's name in Chinese after the PIN, and no ID number", async () => {
    const { connection } = await insertCard('beijing-over-deductible');
    const holder = await readHolder(connection, '528719');
    expect(holder).toEqual({ ok: true, value: { name: '测试甲', idNumber: '0'.repeat(18) } });
  });
});

test('the PIN typed at a terminal matches what the engine has, and another does not', async () => {
  const { card } = await insertCard('dongguan-pharmacy-buyer');
  const masterKey = fromHex('0123456789ABCDEFFEDCBA9876543210');
  const session = await keys.newTerminalSession(keys.seal(masterKey));
  const pinKey = sm4Decrypt(masterKey, fromHex(session.wrappedPinKey).subarray(0, 16));
  const verifierOf = (pin: string) => {
    const pan = pinAccountDigits(card.cardId);
    const random = fromHex('A0A1A2A3A4A5A6A7');
    const pinBlock = encodePinBlock4({ pin, pan, random, cipher: sm4Cipher(pinKey) });
    return keys.pinVerifier({ sealedPinKey: session.sealedPinKey, pinBlock, cardId: card.cardId });
  };
  expect(await verifierOf('528719')).toEqual({ ok: true, value: card.pinVerifier });
  expect(await verifierOf('123456')).not.toEqual({ ok: true, value: card.pinVerifier });
});

test('the bank derives the key of the debit application from the card number alone', async () => {
  const { personalisation, bankCard } = await insertCard('bank-poor');
  const { issuerMasterKey } = loadBankKeys(folder);
  const udk = deriveUdk({ algorithm: '3des', issuerMasterKey, ...bankCard });
  expect(personalisation.debit?.udk).toBe(toHex(udk));
  expect(personalisation.debit?.pan).toBe(bankCard.pan);
});

test('the engine gets neither a PIN nor a bank card number', () => {
  for (const person of sandboxPeople) {
    const {
      card,
      person: onRecord,
      bankCard,
    } = issueToPerson(person, loadIssuingKeys(folder), seededAt);
    const texts = Object.values({ ...card, ...onRecord }).map(String);
    for (const secret of [person.medicalPin, person.bankPin, bankCard.pan]) {
      expect(texts).not.toContain(secret);
    }
  }
});

test('issuing again gives the same card, so a virtual card need not be stored', async () => {
  const person = personOf('old-chip');
  const [one, two] = [1, 2].map(() => issueToPerson(person, loadIssuingKeys(folder), seededAt));
  expect(one).toEqual(two);
});

test('card numbers of the bank are in the published test range and carry their check digit', () => {
  expect(sandboxPan(1)).toBe('6216261000000000018');
  // The example of ISO/IEC 7812-1 annex B.
  expect(luhnDigit('7992739871')).toBe(3);
  const pans = sandboxPeople.map(({ serial }) => sandboxPan(serial));
  expect(new Set(pans).size).toBe(sandboxPeople.length);
});

test("an oral loss lapses five days after the seed; opening totals are of China's year", () => {
  const newYear = Date.parse('2026-12-31T16:30:00Z');
  const lost = issueToPerson(personOf('oral-loss'), loadIssuingKeys(folder), newYear);
  expect(lost.card.oralLossUntil).toBe(Date.parse('2027-01-05T16:30:00Z'));
  const over = issueToPerson(personOf('beijing-over-deductible'), loadIssuingKeys(folder), newYear);
  expect(over.accumulators.map(({ year }) => year)).toEqual([2027]);
});
