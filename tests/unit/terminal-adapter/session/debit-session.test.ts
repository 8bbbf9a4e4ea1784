// The bank application in one sale: the issuer can check what the card says, the card checks the
// issuer.
import { describe, expect, test } from 'vitest';
import { approvalCodes } from '../../../../engine/base/bank/response-codes.ts';
import type { CipherAlgorithm } from '../../../../engine/base/crypto/block-cipher.ts';
import { concatBytes, fromHex, toHex } from '../../../../engine/base/crypto/bytes.ts';
import {
  applicationCryptogram,
  arpc,
  deriveUdk,
  pbocSessionKey,
} from '../../../../engine/base/crypto/emv-cryptogram.ts';
import { InvariantViolation } from '../../../../engine/base/errors/result.ts';
import { fen } from '../../../../engine/base/money/fen.ts';
import { createSimulatedReader } from '../../../../terminal-adapter/readers/simulated-reader.ts';
import {
  authoriseDebit,
  COUNTER_TERMINAL,
  type DebitAuthorisation,
  finishDebit,
} from '../../../../terminal-adapter/session/debit-session.ts';
import { encodeTlv, findTag, parseTlv } from '../../../../terminal-adapter/tlv/tlv.ts';
import { createVirtualCard } from '../../../../terminal-adapter/virtual-card/virtual-card.ts';
import { countingRandom, issuerMasterKey, testCard } from '../virtual-card/test-card.ts';

const request = {
  amountFen: fen(6850n),
  date: '2026-11-22',
  time: '10:15:00',
  unpredictableNumber: fromHex('A5A5A5A5'),
  traceNumber: 7,
  terminal: { ...COUNTER_TERMINAL, serial: 'YKT00001' },
};

async function authorised(algorithm: CipherAlgorithm) {
  const card = createVirtualCard(testCard(algorithm), { random: countingRandom() });
  const reader = createSimulatedReader({ card });
  const connection = await reader.connect();
  const debit = await authoriseDebit(connection, request);
  if (!debit.ok) throw new Error(JSON.stringify(debit.error));
  return { reader, connection, debit: debit.value };
}

/** What the issuer computes from field 55 alone; tag 91 of its answer. */
function issuer(algorithm: CipherAlgorithm, debit: DebitAuthorisation, responseCode: string) {
  const objects = parseTlv(debit.field55);
  const tag = (name: string) =>
    (objects.ok ? findTag(objects.value, name) : undefined) ?? new Uint8Array(0);
  const { pan, panSequence } = debit;
  const udk = deriveUdk({ algorithm, issuerMasterKey, pan, panSequence });
  const key = pbocSessionKey({ algorithm, udk, atc: tag('9F36') });
  const order = ['9F02', '9F03', '9F1A', '95', '5F2A', '9A', '9C', '9F37', '82', '9F36'];
  const data = concatBytes(...order.map(tag), tag('9F10').subarray(3, 7));
  const arqc = applicationCryptogram({ algorithm, key, data });
  const arc = Buffer.from(responseCode, 'latin1');
  return {
    isGenuine: toHex(arqc) === toHex(tag('9F26')),
    issuerAuthData: concatBytes(arpc({ algorithm, key, arqc, arc }), arc),
  };
}

describe.each(['sm4', '3des'] as const)('under %s', (algorithm) => {
  test('the issuer verifies the card, the card verifies the issuer and approves', async () => {
    const { connection, debit } = await authorised(algorithm);
    const { isGenuine, issuerAuthData } = issuer(algorithm, debit, '00');
    expect(isGenuine).toBe(true);
    expect(
      await finishDebit(connection, { debit, responseCode: '00', issuerAuthData }),
    ).toMatchObject({
      ok: true,
      value: { approved: true },
    });
  });

  test('an approval that the issuer did not give is refused by the chip', async () => {
    const { connection, debit } = await authorised(algorithm);
    const { issuerAuthData } = issuer(algorithm, debit, '51');
    const forged = concatBytes(issuerAuthData.subarray(0, 8), Buffer.from('00', 'latin1'));
    expect(
      await finishDebit(connection, { debit, responseCode: '00', issuerAuthData: forged }),
    ).toMatchObject({
      ok: true,
      value: { approved: false },
    });
  });
});

test.each([
  ['no issuer data', undefined],
  ['issuer data of a length that no card takes', new Uint8Array(3)],
])('an approval with %s is refused by the chip', async (_name, issuerAuthData) => {
  const { connection, debit } = await authorised('sm4');
  expect(
    await finishDebit(connection, { debit, responseCode: '00', issuerAuthData }),
  ).toMatchObject({
    ok: true,
    value: { approved: false },
  });
});

test.each(approvalCodes)('the card approves what the bank approved with %s', async (code) => {
  const { connection, debit } = await authorised('sm4');
  const { issuerAuthData } = issuer('sm4', debit, code);
  expect(
    await finishDebit(connection, { debit, responseCode: code, issuerAuthData }),
  ).toMatchObject({ ok: true, value: { approved: true } });
});

test.each(['10', '68', 'ZZ'])(
  'code %s, which is no approval, asks the card for none',
  async (code) => {
    const { connection, debit } = await authorised('sm4');
    const { issuerAuthData } = issuer('sm4', debit, code);
    expect(
      await finishDebit(connection, { debit, responseCode: code, issuerAuthData }),
    ).toMatchObject({ ok: true, value: { approved: false } });
  },
);

test('a decline of the bank is a decline of the card', async () => {
  const { connection, debit } = await authorised('sm4');
  const { issuerAuthData } = issuer('sm4', debit, '51');
  expect(
    await finishDebit(connection, { debit, responseCode: '51', issuerAuthData }),
  ).toMatchObject({
    ok: true,
    value: { approved: false },
  });
});

test('a card pulled before the answer of the bank has no last word', async () => {
  const { reader, connection, debit } = await authorised('sm4');
  reader.remove();
  const { issuerAuthData } = issuer('sm4', debit, '00');
  expect(await finishDebit(connection, { debit, responseCode: '00', issuerAuthData })).toEqual({
    ok: false,
    error: { code: 'READER_FAILED', reader: 'CARD_GONE' },
  });
});

describe('a card that does not ask the bank', () => {
  const select = '6F0A8408A0000003330101019000';
  const gpo = '80067C00080101009000';
  const record = `${toHex(
    encodeTlv(
      '70',
      encodeTlv('57', fromHex('6216261000000000018D30122200000000000F')),
      encodeTlv('5A', fromHex('6216261000000000018F')),
      encodeTlv('5F24', fromHex('301231')),
      encodeTlv('8C', fromHex('9F3704')),
      encodeTlv('8D', fromHex('8A02')),
    ),
  )}9000`;
  const card = (...answers: readonly string[]) => {
    let next = 0;
    return {
      atr: fromHex('3B00'),
      protocol: 'T=1' as const,
      transmit: () => Promise.resolve(fromHex(answers[next++] ?? '6F00')),
      disconnect: () => Promise.resolve(),
    };
  };
  const ac = (cid: string) => `77149F2701${cid}9F360200019F260811223344556677889000`;

  test.each([
    ['declines by itself', [select, gpo, record, ac('00')], { code: 'CARD_DECLINED' }],
    [
      'approves unasked',
      [select, gpo, record, ac('40')],
      { code: 'CARD_DATA_MALFORMED', what: 'cryptogram kind' },
    ],
    [
      'has no list for GENERATE AC',
      [select, gpo, '70009000'],
      { code: 'CARD_DATA_MALFORMED', what: 'bank application' },
    ],
    [
      'has a record that is no TLV',
      [select, gpo, '70059000'],
      { code: 'CARD_DATA_MALFORMED', what: 'record 1 of file 1' },
    ],
    ['has no bank application', ['6A82'], { code: 'STATUS_WORD', sw: 0x6a82 }],
    ['has used up its counter', [select, '6985'], { code: 'STATUS_WORD', sw: 0x6985 }],
    ['refuses the cryptogram', [select, gpo, record, '6985'], { code: 'STATUS_WORD', sw: 0x6985 }],
  ])('%s', async (_name, answers, error) => {
    expect(await authoriseDebit(card(...answers), request)).toEqual({ ok: false, error });
  });
});

test('what no terminal may send is a fault of the program', async () => {
  const { connection } = await authorised('sm4');
  const wrong = [
    { amountFen: fen(1_000_000_000_000n) },
    { unpredictableNumber: new Uint8Array(3) },
    { terminal: { ...request.terminal, serial: 'short' } },
  ];
  for (const change of wrong) {
    await expect(authoriseDebit(connection, { ...request, ...change })).rejects.toThrow(
      InvariantViolation,
    );
  }
});
