import { ok } from '../../engine/base/errors/result.ts';
import { encodeCommand } from '../apdu/apdu.ts';
import { findTag, parseTlv } from '../tlv/tlv.ts';
import { type Command, expectOk, malformed } from './command.ts';

/** What the terminal asks for: AAC declines, TC approves, ARQC goes on line. */
export type CryptogramKind = 'AAC' | 'TC' | 'ARQC';

const P1: Readonly<Record<CryptogramKind, number>> = { AAC: 0x00, TC: 0x40, ARQC: 0x80 };

export type ApplicationCryptogram = {
  readonly kind: CryptogramKind;
  /** Cryptogram information data, 1 byte (tag 9F27). */
  readonly cid: Uint8Array;
  /** Application transaction counter, 2 bytes (tag 9F36). */
  readonly atc: Uint8Array;
  /** The cryptogram, 8 bytes (tag 9F26). */
  readonly cryptogram: Uint8Array;
  /** Issuer application data, up to 32 bytes (tag 9F10). */
  readonly issuerData: Uint8Array;
};

function kindOf(cid: number): CryptogramKind | undefined {
  const bits = cid & 0xc0;
  return bits === 0x00 ? 'AAC' : bits === 0x40 ? 'TC' : bits === 0x80 ? 'ARQC' : undefined;
}

function readFields(response: Uint8Array) {
  const parsed = parseTlv(response);
  if (!parsed.ok) return undefined;
  // Format 1 (tag 80): CID, ATC, cryptogram and the rest without tags; format 2 (tag 77) has tags.
  const plain = findTag(parsed.value, '80');
  const none = new Uint8Array(0);
  return {
    cid: plain?.slice(0, 1) ?? findTag(parsed.value, '9F27') ?? none,
    atc: plain?.slice(1, 3) ?? findTag(parsed.value, '9F36') ?? none,
    cryptogram: plain?.slice(3, 11) ?? findTag(parsed.value, '9F26') ?? none,
    issuerData: plain?.slice(11) ?? findTag(parsed.value, '9F10') ?? none,
  };
}

/** GENERATE AC. `data` answers CDOL1 (first time) or CDOL2 (after the host's answer). */
export const generateAc: Command<
  { kind: CryptogramKind; data: Uint8Array },
  ApplicationCryptogram
> = {
  getApdu: ({ kind, data }) =>
    encodeCommand({ cla: 0x80, ins: 0xae, p1: P1[kind], p2: 0x00, data, le: 256 }),
  parseResponse: (response) => {
    const data = expectOk(response);
    if (!data.ok) return data;
    const fields = readFields(data.value);
    if (fields === undefined) return malformed('GENERATE AC template');
    const { cid, atc, cryptogram } = fields;
    const kind = kindOf(cid[0] ?? 0xff);
    if (kind === undefined || atc.length !== 2 || cryptogram.length !== 8) {
      return malformed('GENERATE AC data');
    }
    return ok({ kind, ...fields });
  },
};
