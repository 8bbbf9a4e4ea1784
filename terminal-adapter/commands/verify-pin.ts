import { fromHex } from '../../engine/base/crypto/bytes.ts';
import { fail, invariant, ok } from '../../engine/base/errors/result.ts';
import { encodeCommand, parseResponse } from '../apdu/apdu.ts';
import { SW_OK, SW_PIN_LOCKED } from '../apdu/status-word.ts';
import type { Command, CommandError } from './command.ts';

export type VerifyPinError =
  | CommandError
  | { readonly code: 'PIN_WRONG'; readonly triesLeft: number }
  | { readonly code: 'PIN_LOCKED' };

/** VERIFY of the social-security application: six digits as three bytes of packed BCD. */
export const verifyPin: Command<string, undefined, VerifyPinError> = {
  getApdu: (pin) => {
    invariant(/^\d{6}$/.test(pin), 'the PIN of the card has 6 digits');
    return encodeCommand({
      cla: 0x00,
      ins: 0x20,
      p1: 0x00,
      p2: 0x00,
      data: fromHex(pin),
      le: undefined,
    });
  },
  parseResponse: (response) => {
    const parsed = parseResponse(response);
    if (!parsed.ok) return fail({ code: parsed.error });
    const { sw } = parsed.value;
    if (sw === SW_OK) return ok(undefined);
    if (sw === SW_PIN_LOCKED || sw === 0x63c0) return fail({ code: 'PIN_LOCKED' });
    if (sw >= 0x63c1 && sw <= 0x63cf) return fail({ code: 'PIN_WRONG', triesLeft: sw & 0xf });
    return fail({ code: 'STATUS_WORD', sw });
  },
};
