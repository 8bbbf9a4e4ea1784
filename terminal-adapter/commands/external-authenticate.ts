import { fail, invariant, ok } from '../../engine/base/errors/result.ts';
import { encodeCommand, parseResponse } from '../apdu/apdu.ts';
import { SW_OK } from '../apdu/status-word.ts';
import type { Command, CommandError } from './command.ts';

export type ExternalAuthenticateError = CommandError | { readonly code: 'ISSUER_NOT_AUTHENTIC' };

/**
 * EXTERNAL AUTHENTICATE of the debit application. `args` is tag 91: ARPC 8 bytes and ARC 2 bytes.
 */
export const externalAuthenticate: Command<Uint8Array, undefined, ExternalAuthenticateError> = {
  getApdu: (issuerAuthData) => {
    const { length } = issuerAuthData;
    invariant(length >= 8 && length <= 16, 'issuer authentication data have 8 to 16 bytes');
    return encodeCommand({
      cla: 0x00,
      ins: 0x82,
      p1: 0x00,
      p2: 0x00,
      data: issuerAuthData,
      le: undefined,
    });
  },
  parseResponse: (response) => {
    const parsed = parseResponse(response);
    if (!parsed.ok) return fail({ code: parsed.error });
    const { sw } = parsed.value;
    if (sw === SW_OK) return ok(undefined);
    return fail(sw === 0x6300 ? { code: 'ISSUER_NOT_AUTHENTIC' } : { code: 'STATUS_WORD', sw });
  },
};
