import { toHex } from '../../engine/base/crypto/bytes.ts';
import type { Result } from '../../engine/base/errors/result.ts';
import { fail, ok } from '../../engine/base/errors/result.ts';
import { encodeCommand } from '../apdu/apdu.ts';
import { type Command, expectOk } from './command.ts';

/** `sfi` 0 reads the selected file, 1 to 30 a file by its short id. */
export type RecordAddress = { readonly record: number; readonly sfi: number };

/** READ RECORD by number; gives the record's bytes. */
export const readRecord: Command<RecordAddress, Uint8Array> = {
  getApdu: ({ record, sfi }) =>
    encodeCommand({
      cla: 0x00,
      ins: 0xb2,
      p1: record,
      p2: (sfi << 3) | 0x04,
      data: new Uint8Array(0),
      le: 256,
    }),
  parseResponse: expectOk,
};

export type SsseRecord = { readonly tag: string; readonly value: Uint8Array };

/**
 * A record of the social-security application: tag (one byte), length (one byte), value. It is not
 * BER: tag 1F or 5F would be one byte here.
 */
export function parseSsseRecord(record: Uint8Array): Result<SsseRecord, 'RECORD_MALFORMED'> {
  const length = record[1];
  if (length === undefined || record.length !== 2 + length) return fail('RECORD_MALFORMED');
  return ok({ tag: toHex(record.subarray(0, 1)), value: record.slice(2) });
}

/** Text of a record: GBK, filled on the right with 00 or spaces; undefined when it is not GBK. */
export function ssseText(value: Uint8Array): string | undefined {
  try {
    return new TextDecoder('gbk', { fatal: true }).decode(value).replace(/[\0 ]+$/, '');
  } catch {
    return undefined;
  }
}
