/** Goal: what a foreign terminal gets of the virtual card is what engine and bank accept. */
import { beforeEach, describe, expect, test } from 'vitest';
import { encryptBlocks, kcv } from '../../../../engine/base/crypto/block-cipher.ts';
import { concatBytes, fromHex, toHex } from '../../../../engine/base/crypto/bytes.ts';
import { internalAuthCryptogram } from '../../../../engine/base/crypto/card-key.ts';
import { arpc, pbocSessionKey } from '../../../../engine/base/crypto/emv-cryptogram.ts';
import {
  decodePinBlock4,
  decryptPinBlock0,
  pinAccountDigits,
  sm4Cipher,
} from '../../../../engine/base/crypto/pin-block.ts';
import {
  type CardService,
  openCardService,
} from '../../../../terminal-adapter/card-service/card-operations.ts';
import { createSimulatedReader } from '../../../../terminal-adapter/readers/simulated-reader.ts';
import { findTag, parseTlv } from '../../../../terminal-adapter/tlv/tlv.ts';
import { createVirtualCard } from '../../../../terminal-adapter/virtual-card/virtual-card.ts';
import { countingRandom, testCard, testCardId } from '../virtual-card/test-card.ts';

const masterKey = fromHex('0123456789ABCDEFFEDCBA9876543210');
const bankMasterKey = fromHex('FEDCBA98765432100123456789ABCDEF');
const workKey = fromHex('11111111111111112222222222222222');
const personalisation = testCard('3des');

let reader: ReturnType<typeof createSimulatedReader>;
let card: CardService;
beforeEach(async () => {
  reader = createSimulatedReader({
    card: createVirtualCard(personalisation, { random: countingRandom() }),
  });
  card = await openCardService({
    connect: () => reader.connect(),
    clock: { now: () => Date.parse('2026-11-22T08:00:00Z'), randomBytes: countingRandom() },
    pinPadKeys: { masterKey, bankMasterKey },
  });
});

function wrapped(algorithm: 'sm4' | '3des', under: Uint8Array): string {
  return toHex(concatBytes(encryptBlocks(algorithm, under, workKey), kcv(algorithm, workKey, 4)));
}

test('select gives the public data in the form of a request', async () => {
  expect(await card.run({ op: 'select' })).toMatchObject({
    ok: true,
    card: { cardId: testCardId, cardNumber: 'A12345678', issuedOn: '2026-01-01' },
  });
});

test('prove gives the cryptogram that the engine expects', async () => {
  const [factor, source] = ['0011223344556677', '8899AABBCCDDEEFF'];
  const expected = internalAuthCryptogram({
    algorithm: '3des',
    cardKey: fromHex(personalisation.socialSecurity.cardKey),
    factor8: fromHex(factor),
    source8: fromHex(source),
  });
  expect(await card.run({ op: 'prove', factor, source })).toEqual({
    ok: true,
    cryptogram: toHex(expected),
  });
});

test('verify counts the tries of the chip', async () => {
  expect(await card.run({ op: 'verify', pin: '123456' })).toEqual({ ok: true });
  const wrong = { op: 'verify', pin: '654321' };
  expect(await card.run(wrong)).toMatchObject({ ok: false, code: 'PIN_WRONG', triesLeft: 2 });
  await card.run({ op: 'reset' });
  expect(await card.run(wrong)).toMatchObject({ code: 'PIN_WRONG', triesLeft: 1 });
  expect(await card.run(wrong)).toMatchObject({ code: 'PIN_LOCKED' });
});

describe('PIN blocks', () => {
  test('the medical one is bound to the card in the reader', async () => {
    const reply = await card.run({
      op: 'pin-block',
      pin: '528719',
      key: wrapped('sm4', masterKey),
    });
    const block = fromHex(String(reply['block']));
    const pan = pinAccountDigits(testCardId);
    expect(decodePinBlock4({ block, pan, cipher: sm4Cipher(workKey) })).toEqual({
      ok: true,
      value: '528719',
    });
  });

  test('that of the bank to the card number', async () => {
    const pan = '6216261000000000018';
    const order = { op: 'bank-pin-block', pin: '147369', pan };
    const reply = await card.run({ ...order, key: wrapped('3des', bankMasterKey) });
    const block = fromHex(String(reply['block']));
    expect(decryptPinBlock0({ block, pan, key: workKey })).toEqual({ ok: true, value: '147369' });
  });

  test('a key of another terminal is refused', async () => {
    const key = wrapped('sm4', bankMasterKey);
    expect(await card.run({ op: 'pin-block', pin: '528719', key })).toMatchObject({
      ok: false,
      code: 'PIN_KEY_REFUSED',
    });
  });
});

describe('the bank application', () => {
  async function authorise() {
    const asked = await card.run({ op: 'arqc', amount: '6.50', serial: '12345678' });
    const { chipData } = asked['bank'] as { chipData: string };
    const objects = parseTlv(fromHex(chipData));
    if (!objects.ok) throw new Error(objects.error);
    return (tag: string) => findTag(objects.value, tag) ?? new Uint8Array(0);
  }

  test('asks for the amount and accepts the answer of its own bank', async () => {
    const tag = await authorise();
    expect(toHex(tag('9F02'))).toBe('000000000650');
    const { udk } = personalisation.debit ?? { udk: '' };
    const key = pbocSessionKey({ algorithm: '3des', udk: fromHex(udk), atc: tag('9F36') });
    const arc = Buffer.from('00');
    const proof = arpc({ algorithm: '3des', key, arqc: tag('9F26'), arc });
    const issuerAuthData = toHex(concatBytes(proof, arc));
    const order = { op: 'finish', responseCode: '00', issuerAuthData };
    expect(await card.run(order)).toEqual({ ok: true, approved: true });
    expect(await card.run(order)).toMatchObject({ ok: false, code: 'NO_AUTHORISATION' });
  });

  test('refuses the answer of anybody else', async () => {
    await authorise();
    const issuerAuthData = '00000000000000003030';
    expect(await card.run({ op: 'finish', responseCode: '00', issuerAuthData })).toEqual({
      ok: true,
      approved: false,
    });
  });
});

test('a raw command is passed on as it is', async () => {
  const command = '00A404000F7378312E73682EC9E7BBE1B1A3D5CF00';
  const { response } = await card.run({ op: 'apdu', command });
  expect(response).toMatch(/^6F.*9000$/);
});

test.each([
  undefined,
  null,
  [],
  {},
  { op: 'sing' },
  { op: 'select', more: 1 },
  { op: 'prove', factor: '00', source: '8899AABBCCDDEEFF' },
  { op: 'verify', pin: '12345' },
  { op: 'apdu', command: '00A' },
  { op: 'arqc', amount: '6.5' },
])('%j is refused and harms nothing', async (order) => {
  expect(await card.run(order)).toMatchObject({ ok: false, code: 'REQUEST_MALFORMED' });
  expect(await card.run({ op: 'select' })).toMatchObject({ ok: true });
});

test('a card that was pulled is told as such', async () => {
  reader.remove();
  expect(await card.run({ op: 'select' })).toMatchObject({ ok: false, code: 'CARD_GONE' });
  expect(await card.run({ op: 'reset' })).toMatchObject({ ok: false, code: 'NO_CARD' });
});
