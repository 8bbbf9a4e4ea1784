/** One application on the virtual card. */
import { type CommandApdu, encodeResponse } from '../apdu/apdu.ts';
import { SW_OK, SW_RECORD_NOT_FOUND } from '../apdu/status-word.ts';
import type { CardState } from './personalisation.ts';

export type Applet = {
  /** Name to SELECT. */
  readonly name: Uint8Array;
  /** FCI; whatever the application knew of an earlier selection is forgotten. */
  select(): Uint8Array;
  /** Response bytes. The class byte has been checked to be 00 or 80. */
  process(command: CommandApdu): Uint8Array;
};

/** What all applets of one card share; a write here survives a reset. */
export type CardMemory = { -readonly [Key in keyof CardState]: CardState[Key] };

/** Data with 9000, or 6Cxx when the terminal expected less than there is. */
export function answer(data: Uint8Array, le: number | undefined): Uint8Array {
  if (le !== undefined && le < data.length) return encodeResponse(0x6c00 | (data.length & 0xff));
  return encodeResponse(SW_OK, data);
}

/** READ RECORD by number from a list of records; number 1 is the first. */
export function answerRecord(records: readonly Uint8Array[], command: CommandApdu): Uint8Array {
  const record = records[command.p1 - 1];
  return record === undefined ? encodeResponse(SW_RECORD_NOT_FOUND) : answer(record, command.le);
}
