// Commands and responses survive the way to the card and back.
import fc from 'fast-check';
import { expect, test } from 'vitest';

import {
  encodeCommand,
  encodeResponse,
  parseCommand,
  parseResponse,
} from '../../../../terminal-adapter/apdu/apdu.ts';
import { exchange } from '../../../../terminal-adapter/apdu/exchange.ts';

const byte = fc.nat(255);

const command = fc.record({
  cla: byte,
  ins: byte,
  p1: byte,
  p2: byte,
  data: fc.uint8Array({ maxLength: 255 }),
  le: fc.option(fc.integer({ min: 1, max: 256 }), { nil: undefined }),
});

test('a command is read back as it was written', () => {
  fc.assert(
    fc.property(command, (apdu) => {
      expect(parseCommand(encodeCommand(apdu))).toEqual({ ok: true, value: apdu });
    }),
  );
});

test('a response is read back as it was written', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 256 }), fc.nat(0xffff), (data, sw) => {
      expect(parseResponse(encodeResponse(sw, data))).toEqual({ ok: true, value: { data, sw } });
    }),
  );
});

test('an answer that a T=0 card hands out in pieces arrives whole', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 1, maxLength: 250 }),
      fc.integer({ min: 20, max: 255 }),
      async (data, piece) => {
        let at = 0;
        const card = (bytes: Uint8Array) => {
          const isGetResponse = bytes[1] === 0xc0;
          const given = isGetResponse ? data.slice(at, at + (bytes[4] ?? 0)) : new Uint8Array(0);
          at += given.length;
          const left = data.length - at;
          return Promise.resolve(
            encodeResponse(left === 0 ? 0x9000 : 0x6100 + Math.min(left, piece), given),
          );
        };
        const whole = await exchange(card, Uint8Array.of(0x00, 0xb2, 0x01, 0x0c, 0x00), 'T=0');
        expect(parseResponse(whole)).toEqual({ ok: true, value: { data, sw: 0x9000 } });
      },
    ),
  );
});
