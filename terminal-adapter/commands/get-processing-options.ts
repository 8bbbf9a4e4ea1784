import { ok } from '../../engine/base/errors/result.ts';
import { encodeCommand } from '../apdu/apdu.ts';
import { encodeTlv, findTag, parseTlv } from '../tlv/tlv.ts';
import { type Command, expectOk, malformed } from './command.ts';
import type { RecordAddress } from './read-record.ts';

export type ProcessingOptions = {
  /** Application interchange profile, 2 bytes (tag 82). */
  readonly aip: Uint8Array;
  /** Records to read, in order (from the AFL, tag 94). */
  readonly records: readonly RecordAddress[];
};

function recordsOf(afl: Uint8Array): readonly RecordAddress[] | undefined {
  if (afl.length === 0 || afl.length % 4 !== 0) return undefined;
  const records: RecordAddress[] = [];
  for (let at = 0; at < afl.length; at += 4) {
    const [sfiByte = 0, first = 0, last = 0, signed = 0] = afl.subarray(at, at + 4);
    const sfi = sfiByte >> 3;
    const isLegal = (sfiByte & 7) === 0 && sfi >= 1 && sfi <= 30 && first >= 1 && last >= first;
    if (!isLegal || signed > last - first + 1) return undefined;
    for (let record = first; record <= last; record++) records.push({ record, sfi });
  }
  return records;
}

/**
 * GET PROCESSING OPTIONS: starts a transaction (the ATC rises). `args` is the data that answer the
 * PDOL.
 */
export const getProcessingOptions: Command<Uint8Array, ProcessingOptions> = {
  getApdu: (pdolData) =>
    encodeCommand({
      cla: 0x80,
      ins: 0xa8,
      p1: 0x00,
      p2: 0x00,
      data: encodeTlv('83', pdolData),
      le: 256,
    }),
  parseResponse: (response) => {
    const data = expectOk(response);
    if (!data.ok) return data;
    const parsed = parseTlv(data.value);
    if (!parsed.ok) return malformed('GPO template');
    // Format 1 (tag 80) is AIP and AFL without tags, format 2 (tag 77) has tags.
    const plain = findTag(parsed.value, '80');
    const aip = plain?.slice(0, 2) ?? findTag(parsed.value, '82');
    const records = recordsOf(plain?.slice(2) ?? findTag(parsed.value, '94') ?? new Uint8Array(0));
    if (aip?.length !== 2) return malformed('AIP');
    return records === undefined ? malformed('AFL') : ok({ aip, records });
  },
};
