import { concatBytes } from '../../engine/base/crypto/bytes.ts';
import { invariant } from '../../engine/base/errors/result.ts';
import { encodeCommand } from '../apdu/apdu.ts';
import { type Command, expectOk, malformed } from './command.ts';

export type ChipChallenge = {
  /** Process factor, 8 bytes: makes the session key. */
  readonly factor: Uint8Array;
  /** Authentication source, 8 bytes: is enciphered under it. */
  readonly source: Uint8Array;
};

/**
 * INTERNAL AUTHENTICATE of the social-security application; the card proves its own key with 8
 * bytes.
 */
export const internalAuthenticate: Command<ChipChallenge, Uint8Array> = {
  getApdu: ({ factor, source }) => {
    invariant(factor.length === 8 && source.length === 8, 'factor and source have 8 bytes each');
    const data = concatBytes(factor, source);
    // P2 names the key; the public texts leave it open, 00 is the default key of the application.
    return encodeCommand({ cla: 0x00, ins: 0x88, p1: 0x00, p2: 0x00, data, le: 8 });
  },
  parseResponse: (response) => {
    const data = expectOk(response);
    return data.ok && data.value.length !== 8 ? malformed('cryptogram') : data;
  },
};
