import { ok } from '../../engine/base/errors/result.ts';
import { encodeCommand } from '../apdu/apdu.ts';
import { type Command, expectOk } from './command.ts';

/** Public data of the social-security application. */
export const EF05 = 0xef05;
/** Holder's personal data, behind the PIN or an external authentication. */
export const EF06 = 0xef06;

/** SELECT an elementary file of the current application by its two-byte id. */
export const selectFile: Command<number, undefined> = {
  getApdu: (fileId) =>
    encodeCommand({
      cla: 0x00,
      ins: 0xa4,
      p1: 0x02,
      p2: 0x00,
      data: Uint8Array.of(fileId >> 8, fileId & 0xff),
      le: undefined,
    }),
  parseResponse: (response) => {
    const data = expectOk(response);
    return data.ok ? ok(undefined) : data;
  },
};
