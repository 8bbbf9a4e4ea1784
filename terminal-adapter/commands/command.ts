/**
 * A card command is a pair of pure functions: bytes to send, and the meaning of the bytes that come
 * back.
 */

import type { Result } from '../../engine/base/errors/result.ts';
import { fail, ok } from '../../engine/base/errors/result.ts';
import { parseResponse } from '../apdu/apdu.ts';
import { SW_OK } from '../apdu/status-word.ts';

/** Errors that every command can have. */
export type CommandError =
  /** Less than two bytes: the card was pulled, or the reader lost it. */
  | { readonly code: 'RESPONSE_SHORT' }
  /** The card refused; `statusWordName` says why. */
  | { readonly code: 'STATUS_WORD'; readonly sw: number }
  /** Success, but the data are not what the standard demands. */
  | { readonly code: 'RESPONSE_MALFORMED'; readonly what: string };

export type Command<Args, Value, E = CommandError> = {
  getApdu(args: Args): Uint8Array;
  /** `response` is data and status word, as `exchange` gives it. */
  parseResponse(response: Uint8Array): Result<Value, E>;
};

/** Data of a response with status 9000. */
export function expectOk(response: Uint8Array): Result<Uint8Array, CommandError> {
  const parsed = parseResponse(response);
  if (!parsed.ok) return fail({ code: parsed.error });
  const { data, sw } = parsed.value;
  return sw === SW_OK ? ok(data) : fail({ code: 'STATUS_WORD', sw });
}

export function malformed(what: string): Result<never, CommandError> {
  return fail({ code: 'RESPONSE_MALFORMED', what });
}
