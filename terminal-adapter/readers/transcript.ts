/**
 * A recorded conversation with a card, as hex text that can be kept in a file. What identifies a
 * person is masked while it is recorded: "X" in a command stands for any digit at replay.
 */

import { fromHex, toHex } from '../../engine/base/crypto/bytes.ts';
import { parseCommand } from '../apdu/apdu.ts';
import { findTag, parseTlv } from '../tlv/tlv.ts';

export type Exchange = { readonly command: string; readonly response: string };

export type Transcript = {
  readonly reader: string;
  readonly atr: string;
  readonly exchanges: readonly Exchange[];
};

const VERIFY = 0x20;
const READ_RECORD = 0xb2;
/** Card number, ID number, name and its extension in the social-security application. */
const PERSONAL_RECORDS: ReadonlySet<number> = new Set([0x07, 0x08, 0x09, 0x4e]);

function maskCommand(bytes: Uint8Array): string {
  const hex = toHex(bytes);
  const command = parseCommand(bytes);
  const isPin = command.ok && command.value.ins === VERIFY && command.value.data.length > 0;
  return isPin ? hex.slice(0, 10) + 'X'.repeat(hex.length - 10) : hex;
}

function maskPan(hex: string, data: Uint8Array): string {
  const parsed = parseTlv(data);
  const objects = parsed.ok ? parsed.value : [];
  const number = findTag(objects, '5A') ?? findTag(objects, '57');
  const pan = number === undefined ? undefined : /^\d{12,19}/.exec(toHex(number))?.[0];
  if (pan === undefined) return hex;
  return hex.replaceAll(pan, pan.slice(0, 6) + '0'.repeat(pan.length - 10) + pan.slice(-4));
}

function maskRecord(bytes: Uint8Array): string {
  const hex = toHex(bytes);
  const data = bytes.subarray(0, -2);
  const [tag, length] = data;
  const isPersonal = tag !== undefined && PERSONAL_RECORDS.has(tag) && length === data.length - 2;
  // The digit 0 everywhere: the record stays well formed and nobody is named.
  if (isPersonal) return hex.slice(0, 4) + '30'.repeat(length) + hex.slice(-4);
  return maskPan(hex, data);
}

/** One exchange with PIN, name, ID number, card number and PAN masked. */
export function maskExchange(command: Uint8Array, response: Uint8Array): Exchange {
  const isRecord = command[1] === READ_RECORD && response.length > 4;
  return {
    command: maskCommand(command),
    response: isRecord ? maskRecord(response) : toHex(response),
  };
}

/** Does a command match a recorded one? A masked digit matches every digit. */
export function matchesRecorded(command: Uint8Array, recorded: string): boolean {
  const hex = toHex(command);
  return (
    hex.length === recorded.length &&
    Array.from(recorded).every((digit, index) => digit === 'X' || digit === hex.charAt(index))
  );
}

/** The bytes of a recorded response. */
export function responseBytes(exchange: Exchange): Uint8Array {
  return fromHex(exchange.response);
}
