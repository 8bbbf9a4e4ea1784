// What a card can answer wrongly, and what the terminal then says.
import { describe, expect, test } from 'vitest';

import { fromHex } from '../../../../engine/base/crypto/bytes.ts';
import { InvariantViolation } from '../../../../engine/base/errors/result.ts';
import { parseCommand } from '../../../../terminal-adapter/apdu/apdu.ts';
import { exchange } from '../../../../terminal-adapter/apdu/exchange.ts';
import { statusWordHex, statusWordName } from '../../../../terminal-adapter/apdu/status-word.ts';
import { externalAuthenticate } from '../../../../terminal-adapter/commands/external-authenticate.ts';
import { generateAc } from '../../../../terminal-adapter/commands/generate-ac.ts';
import { getChallenge } from '../../../../terminal-adapter/commands/get-challenge.ts';
import { getProcessingOptions } from '../../../../terminal-adapter/commands/get-processing-options.ts';
import { internalAuthenticate } from '../../../../terminal-adapter/commands/internal-authenticate.ts';
import { parseSsseRecord, ssseText } from '../../../../terminal-adapter/commands/read-record.ts';
import {
  SSSE_AID,
  selectApplication,
} from '../../../../terminal-adapter/commands/select-application.ts';
import { verifyPin } from '../../../../terminal-adapter/commands/verify-pin.ts';

const select = selectApplication(SSSE_AID);
const fci = (issuerData: string) => {
  const data = `840F7378312E73682EC9E7BBE1B1A3D5CFA5${issuerData}`;
  return fromHex(`6F${(data.length / 2).toString(16)}${data}9000`);
};
const malformed = (what: string) => ({ ok: false, error: { code: 'RESPONSE_MALFORMED', what } });

describe('SELECT', () => {
  test('a card without the cipher element uses DES', () => {
    expect(select.parseResponse(fci('00'))).toMatchObject({
      ok: true,
      value: { algorithm: '3des' },
    });
    expect(select.parseResponse(fci('069F0C03860101'))).toMatchObject({
      value: { algorithm: '3des' },
    });
  });

  test('a card with the unpublished cipher SSF33 is refused', () => {
    expect(select.parseResponse(fci('069F0C03860102'))).toEqual(malformed('cipher in FCI'));
  });

  test('an answer in the name of another application is refused', () => {
    expect(select.parseResponse(fromHex('6F0A8408A0000003330101019000'))).toEqual(
      malformed('name in FCI'),
    );
    expect(select.parseResponse(fromHex('6F2084019000'))).toEqual(malformed('FCI'));
  });
});

test.each([
  [
    'GET CHALLENGE of 4 bytes',
    () => getChallenge.parseResponse(fromHex('112233449000')),
    'challenge',
  ],
  [
    'INTERNAL AUTHENTICATE of 4 bytes',
    () => internalAuthenticate.parseResponse(fromHex('112233449000')),
    'cryptogram',
  ],
  [
    'GPO that is no TLV',
    () => getProcessingOptions.parseResponse(fromHex('80FF9000')),
    'GPO template',
  ],
  [
    'GPO without AIP',
    () => getProcessingOptions.parseResponse(fromHex('77069404080101009000')),
    'AIP',
  ],
  [
    'AFL that is cut',
    () => getProcessingOptions.parseResponse(fromHex('80057C000801029000')),
    'AFL',
  ],
  [
    'AFL that counts backwards',
    () => getProcessingOptions.parseResponse(fromHex('80067C00080201009000')),
    'AFL',
  ],
  [
    'AFL with file 0',
    () => getProcessingOptions.parseResponse(fromHex('80067C00000102009000')),
    'AFL',
  ],
  [
    'GENERATE AC without cryptogram',
    () => generateAc.parseResponse(fromHex('77079F2701809F36009000')),
    'GENERATE AC data',
  ],
  [
    'GENERATE AC that is no TLV',
    () => generateAc.parseResponse(fromHex('77FF9000')),
    'GENERATE AC template',
  ],
])('%s is refused', (_name, parse, what) => {
  expect(parse()).toEqual(malformed(what));
});

test('a card that was pulled answers with less than two bytes', () => {
  const short = { ok: false, error: { code: 'RESPONSE_SHORT' } };
  for (const bytes of [new Uint8Array(0), Uint8Array.of(0x90)]) {
    expect(select.parseResponse(bytes)).toEqual(short);
    expect(verifyPin.parseResponse(bytes)).toEqual(short);
    expect(externalAuthenticate.parseResponse(bytes)).toEqual(short);
  }
});

test('VERIFY that has no try left means locked, and other refusals keep their status word', () => {
  expect(verifyPin.parseResponse(fromHex('63C0'))).toEqual({
    ok: false,
    error: { code: 'PIN_LOCKED' },
  });
  expect(verifyPin.parseResponse(fromHex('6984'))).toEqual({
    ok: false,
    error: { code: 'STATUS_WORD', sw: 0x6984 },
  });
  expect(() => verifyPin.getApdu('12345')).toThrow(InvariantViolation);
});

test('a wrong ARPC is not just any refusal', () => {
  expect(externalAuthenticate.parseResponse(fromHex('6300'))).toEqual({
    ok: false,
    error: { code: 'ISSUER_NOT_AUTHENTIC' },
  });
  expect(externalAuthenticate.parseResponse(fromHex('6985'))).toEqual({
    ok: false,
    error: { code: 'STATUS_WORD', sw: 0x6985 },
  });
});

test('records are one byte of tag, one of length', () => {
  expect(parseSsseRecord(fromHex('0105AABB'))).toEqual({ ok: false, error: 'RECORD_MALFORMED' });
  expect(parseSsseRecord(fromHex('01'))).toEqual({ ok: false, error: 'RECORD_MALFORMED' });
  expect(ssseText(fromHex('FFFF'))).toBeUndefined();
});

test.each(['00', '00A404', '00A4040002EF', '00A4040002EF050000', '00A404000011'])(
  '%s is no command',
  (hex) => {
    expect(parseCommand(fromHex(hex))).toEqual({ ok: false, error: 'APDU_MALFORMED' });
  },
);

test('a card that never finishes is given up', async () => {
  let rounds = 0;
  const response = await exchange(
    () => {
      rounds += 1;
      return Promise.resolve(fromHex('6101'));
    },
    fromHex('00B2010C00'),
    'T=1',
  );
  expect(response).toEqual(fromHex('6F00'));
  expect(rounds).toBeLessThan(20);
});

test('status words have names for people', () => {
  expect(statusWordName(0x63c2)).toBe('wrong PIN, 2 tries left');
  expect(statusWordName(0x6983)).toBe('PIN locked');
  expect(statusWordName(0x611b)).toBe('27 more bytes');
  expect(statusWordName(0x6c1c)).toBe('wrong Le, 28 bytes are there');
  expect(statusWordName(0x6fff)).toBe('unknown status word');
  expect(statusWordHex(0x9000)).toBe('9000');
});
