/** Goal: a transcript that a vendor sends away names nobody and holds no PIN, whatever the card or terminal said. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromHex } from '../../../../engine/base/crypto/bytes.ts';
import { maskExchange } from '../../../../terminal-adapter/readers/mask-exchange.ts';

const masked = (command: string, response: string) =>
  maskExchange(fromHex(command), fromHex(response));

describe('commands', () => {
  test.each([
    ['a PIN', '0020000003123456', '0020000003XXXXXX'],
    ['a PIN that is short by a byte', '00200000041234', '00200000XXXXXX'],
    ['a change of the PIN', '0024000006123456654321', '0024000006XXXXXXXXXXXX'],
    ['an unblocking with a new PIN', '802C000103654321', '802C000103XXXXXX'],
    ['a write of personal data', '00DC0104060841303030', '00DC0104XXXXXXXXXXXX'],
    ['secure messaging', '04A4040003112233', '04A4040003XXXXXX'],
    ['a command that is none', '123456', '123456'],
  ])('%s', (_name, command, expected) => {
    expect(masked(command, '9000').command).toBe(expected);
  });

  test('names of files, challenges and amounts stay', () => {
    for (const command of [
      '00A4020002EF05',
      '008800000401020304',
      '80AE80000411223344',
      '00B2010C00',
    ]) {
      expect(masked(command, '9000').command).toBe(command);
    }
  });
});

describe('responses', () => {
  test.each([
    ['a name', '00B2020400', '0904B2E2CAD49000', '0904303030309000'],
    ['a sex and a day of birth', '00B2070400', '0D04199001019000', '0D04303030309000'],
    ['a record that nobody knows', '00B2070400', '2A02ABCD9000', '000000009000'],
    ['the id of the card', '00B2010400', '0102ABCD9000', '0102ABCD9000'],
    [
      'a card number under a wrong length',
      '00B2010C00',
      '70FF5A0A6216261000000000018F9000',
      '00000000000000000000000000009000',
    ],
    [
      'a card number in its template',
      '00B2010C00',
      '700C5A0A6216261000000000018F9000',
      '700C5A0A6216260000000000018F9000',
    ],
    [
      'track 2 in the answer to GET PROCESSING OPTIONS',
      '80A80000028300',
      '771557136216261000000000018D30122201234567890F9000',
      '771557136216260000000000018D30122200000000000F9000',
    ],
    [
      'a name of the bank application',
      '00B2010C00',
      '70065F20034142439000',
      '70065F20030000009000',
    ],
    ['GET DATA', '80CA005A00', '5A0A6216261000000000018F9000', '0000000000000000000000009000'],
    ['an unknown command', '80EE000000', 'ABCDEF9000', '0000009000'],
    ['a cryptogram', '80AE800000', '77049F2701809000', '77049F2701809000'],
    ['half a status word', '00B2010C00', '62', '00'],
  ])('%s', (_name, command, response, expected) => {
    expect(masked(command, response).response).toBe(expected);
  });

  test('what GET RESPONSE fetches is masked as the answer to the command before it', () => {
    const fetched = (answers: number) =>
      maskExchange(fromHex('00C0000004'), fromHex('AABBCCDD11223344' + '9000'), answers).response;
    expect(fetched(0x88)).toBe('AABBCCDD112233449000');
    expect(fetched(0xca)).toBe('00000000000000009000');
    expect(masked('00C0000004', 'AABBCCDD9000').response).toBe('000000009000');
  });
});

test('six digits in any command that is not open never stay', () => {
  const open = new Set([0xa4, 0xa8, 0xae, 0x88, 0x82]);
  const header = fc.tuple(
    fc.nat(255),
    fc.nat(255).filter((ins) => !open.has(ins)),
  );
  fc.assert(
    fc.property(header, fc.nat(9), fc.uint8Array({ maxLength: 6 }), ([cla, ins], lc, more) => {
      const command = Uint8Array.from([cla, ins, 0, 0, lc, 0x52, 0x87, 0x19, ...more]);
      expect(maskExchange(command, fromHex('9000')).command).not.toContain('528719');
    }),
  );
});

test('a card number in an answer that is no open object never stays whole', () => {
  const pan = fromHex('6216261000000000018F');
  fc.assert(
    fc.property(
      fc.nat(255),
      fc.uint8Array({ maxLength: 5 }),
      fc.uint8Array({ maxLength: 5 }),
      (ins, before, after) => {
        const response = Uint8Array.from([...before, ...pan, ...after, 0x90, 0x00]);
        const command = Uint8Array.from([0x00, ins, 0x00, 0x00, 0x00]);
        // An open tag of just this length could hold anything; these bytes are none.
        fc.pre(!before.some((byte) => byte === pan.length));
        expect(maskExchange(command, response).response).not.toContain('621626100000000001');
      },
    ),
  );
});
