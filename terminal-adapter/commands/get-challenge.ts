import { encodeCommand } from '../apdu/apdu.ts';
import { type Command, expectOk, malformed } from './command.ts';

/** GET CHALLENGE: 8 random bytes of the card. */
export const getChallenge: Command<void, Uint8Array> = {
  getApdu: () =>
    encodeCommand({ cla: 0x00, ins: 0x84, p1: 0x00, p2: 0x00, data: new Uint8Array(0), le: 8 }),
  parseResponse: (response) => {
    const data = expectOk(response);
    return data.ok && data.value.length !== 8 ? malformed('challenge') : data;
  },
};
