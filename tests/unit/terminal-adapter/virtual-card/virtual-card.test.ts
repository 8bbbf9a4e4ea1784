// The chip is the last guard of the holder: tries, counters and the order of steps cannot be talked
// around.
import { describe, expect, test } from 'vitest';

import { fromHex, toHex } from '../../../../engine/base/crypto/bytes.ts';
import { createVirtualCard } from '../../../../terminal-adapter/virtual-card/virtual-card.ts';
import { countingRandom, testCard } from './test-card.ts';

const SELECT_SSSE = '00A404000F7378312E73682EC9E7BBE1B1A3D5CF';
const SELECT_DEBIT = '00A4040008A00000033301010100';
const GPO = '80A800000683040156015600';
const CDOL1_DATA = '0000000123450000000000000156000000000001562611220011223344';

function inserted(algorithm: 'sm4' | '3des' = 'sm4') {
  const card = createVirtualCard(testCard(algorithm), { random: countingRandom() });
  const send = (...commands: readonly string[]) =>
    commands.map((command) => toHex(card.transmit(fromHex(command)))).at(-1);
  return { card, send };
}

describe('PIN', () => {
  test('a right entry resets the count, and opens the personal data until the card is pulled', () => {
    const { card, send } = inserted();
    expect(send(SELECT_SSSE, '0020000003000000')).toBe('63C2');
    expect(send('0020000003123456')).toBe('9000');
    expect(card.exportState().pinTriesLeft).toBe(3);
    expect(send('00A4000002EF06', '00B2010400')).toMatch(/^0812.*9000$/);
    card.reset();
    expect(send(SELECT_SSSE, '00A4000002EF06', '00B2010400')).toBe('6982');
  });

  test('selecting another application forgets the PIN', () => {
    const { send } = inserted();
    send(SELECT_SSSE, '0020000003123456', SELECT_DEBIT);
    expect(send(SELECT_SSSE, '00A4000002EF06', '00B2010400')).toBe('6982');
  });

  test('neither power nor a restart of the sandbox gives a try back', () => {
    const { card, send } = inserted();
    send(SELECT_SSSE, '0020000003000000', '0020000003000000');
    card.reset();
    expect(send(SELECT_SSSE, '00200000')).toBe('63C1');
    const restored = createVirtualCard(testCard('sm4'), {
      random: countingRandom(),
      state: card.exportState(),
    });
    restored.transmit(fromHex(SELECT_SSSE));
    expect(toHex(restored.transmit(fromHex('0020000003000000')))).toBe('6983');
    expect(toHex(restored.transmit(fromHex('0020000003123456')))).toBe('6983');
    expect(restored.exportState().pinTriesLeft).toBe(0);
  });

  test('an entry of another length spends no try', () => {
    const { card, send } = inserted();
    expect(send(SELECT_SSSE, '002000000412345600')).toBe('6700');
    expect(card.exportState().pinTriesLeft).toBe(3);
  });
});

describe('reading', () => {
  test('by number, by record id and by short file id', () => {
    const { send } = inserted();
    send(SELECT_SSSE, '00A4020002EF05');
    const record = '07094131323334353637389000';
    expect(send('00B2070400')).toBe(record);
    expect(send('00B2070000')).toBe(record);
    expect(send('00B2072C0B')).toBe(record);
    expect(send('00B2070405')).toBe('6C0B');
    expect(send('00B20F0400')).toBe('6A83');
    expect(send('00B2990000')).toBe('6A83');
    expect(send('00B2070500')).toBe('6A86');
  });

  test('a file that is not there, or was not selected', () => {
    const { send } = inserted();
    expect(send(SELECT_SSSE, '00B2010400')).toBe('6A82');
    expect(send('00A4000002EF99')).toBe('6A82');
    expect(send('00A4000001EF')).toBe('6700');
  });

  test('a card for life has no date of expiry', () => {
    const { socialSecurity } = testCard('sm4');
    const lifelong = {
      debit: undefined,
      socialSecurity: { ...socialSecurity, expiresOn: undefined },
    };
    const card = createVirtualCard(lifelong, { random: countingRandom() });
    for (const command of [SELECT_SSSE, '00A4020002EF05']) card.transmit(fromHex(command));
    expect(toHex(card.transmit(fromHex('00B2060400')))).toBe('0604000000009000');
  });
});

describe('commands that no application takes', () => {
  test.each([
    ['00B2', '6700'],
    ['90B2010400', '6E00'],
    ['00B2010400', '6D00'],
    ['00A404000411223344', '6A82'],
  ])('%s before anything is selected: %s', (command, sw) => {
    expect(inserted().send(command)).toBe(sw);
  });

  test.each([
    [SELECT_SSSE, '0082000A10'.padEnd(42, '0'), '6D00'],
    [SELECT_SSSE, '008800000811223344556677', '6700'],
    [SELECT_DEBIT, '80CA9F3600', '6D00'],
    [SELECT_DEBIT, '00B2011400', '6A86'],
    ['00A404000E315041592E5359532E444446303100', '0084000008', '6D00'],
  ])('in its application: %s %s', (select, command, sw) => {
    expect(inserted().send(select, command)).toBe(sw);
  });
});

test('two challenges of the card differ', () => {
  const { send } = inserted();
  const first = send(SELECT_SSSE, '0084000008');
  expect(first).toMatch(/^[0-9A-F]{16}9000$/);
  expect(send('0084000008')).not.toBe(first);
});

describe('debit', () => {
  const ARQC = `80AE80001D${CDOL1_DATA}00`;
  const secondAc = (p1: string, arc = '3030') => `80AE${p1}001F${arc}${CDOL1_DATA}00`;

  test('the counter rises with every transaction and cannot be turned back', () => {
    const { card, send } = inserted();
    expect(send(SELECT_DEBIT, GPO)).toMatch(/9000$/);
    card.reset();
    expect(send(SELECT_DEBIT, GPO)).toMatch(/9000$/);
    expect(card.exportState().atc).toBe(2);
  });

  test('a worn-out counter ends the application', () => {
    const state = { pinTriesLeft: 3, atc: 0xffff };
    const card = createVirtualCard(testCard('sm4'), { random: countingRandom(), state });
    card.transmit(fromHex(SELECT_DEBIT));
    expect(toHex(card.transmit(fromHex(GPO)))).toBe('6985');
    expect(card.exportState().atc).toBe(0xffff);
  });

  test.each([
    ['a cryptogram before the transaction is started', [ARQC]],
    ['a second start', [GPO, GPO]],
    ['an issuer answer before the question', [GPO, '008200000A00112233445566773030']],
    ['a third cryptogram', [GPO, ARQC, secondAc('40'), secondAc('40')]],
    [
      'a second guess at the issuer answer',
      [GPO, ARQC, ...Array(2).fill('008200000A00112233445566773030')],
    ],
    ['a cryptogram after the card declined', [GPO, `80AE00001D${CDOL1_DATA}00`, secondAc('40')]],
  ])('%s is refused', (_name, commands) => {
    expect(inserted().send(SELECT_DEBIT, ...commands)).toBe('6985');
  });

  test.each([
    ['GPO', [GPO.replace('83040156', '83030156')]],
    ['CDOL1 data', [GPO, `80AE80001C${CDOL1_DATA.slice(2)}00`]],
    ['CDOL2 data', [GPO, ARQC, `80AE40001D${CDOL1_DATA}00`]],
    ['issuer data', [GPO, ARQC, '00820000080011223344556677']],
  ])('%s of a wrong length are refused', (_name, commands) => {
    expect(inserted().send(SELECT_DEBIT, ...commands)).toBe('6700');
  });

  test('the card never approves alone: a request for a TC is answered with an ARQC', () => {
    expect(inserted().send(SELECT_DEBIT, GPO, `80AE40001D${CDOL1_DATA}00`)).toMatch(
      /^772A9F270180/,
    );
  });

  test.each([
    ['a wrong answer of the issuer', ['008200000A00112233445566773030'], '03280002'],
    ['no answer of the issuer', [], '03200002'],
  ])('after %s the card declines', (_name, issuer, verificationResults) => {
    const answer = inserted().send(SELECT_DEBIT, GPO, ARQC, ...issuer, secondAc('40'));
    expect(answer).toMatch(/^772A9F270100/);
    expect(answer).toContain(`9F1013070101${verificationResults}04`);
  });
});
