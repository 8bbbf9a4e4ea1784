/**
 * Masks what identifies a person or gives a secret away in a recorded conversation. Default deny: bytes that
 * this module does not understand are masked, so a command or a tag that nobody thought of leaks nothing.
 */
import { concatBytes, fromHex, toHex } from '../../engine/base/crypto/bytes.ts';
import { parseCommand } from '../apdu/apdu.ts';
import { encodeTlv, parseTlv, type Tlv } from '../tlv/tlv.ts';

export type Exchange = { readonly command: string; readonly response: string };

const INS = {
  externalAuthenticate: 0x82,
  getChallenge: 0x84,
  internalAuthenticate: 0x88,
  select: 0xa4,
  getProcessingOptions: 0xa8,
  generateAc: 0xae,
  readRecord: 0xb2,
  getResponse: 0xc0,
} as const;

/** Commands whose data name a file or an amount, or are a challenge. */
const OPEN_DATA: ReadonlySet<number> = new Set([
  ...[INS.select, INS.getProcessingOptions, INS.generateAc],
  ...[INS.internalAuthenticate, INS.externalAuthenticate],
]);
/** Commands without data. */
const NO_DATA: ReadonlySet<number> = new Set([
  ...[INS.readRecord, INS.getChallenge, INS.getResponse],
]);
/** Answers that are one template or, for a record, tag, length and value of the card's own kind. */
const OBJECT_ANSWERS: ReadonlySet<number> = new Set([
  ...[INS.select, INS.getProcessingOptions, INS.generateAc, INS.readRecord],
]);
/** Records of EF05 that belong to the card and not to a name: id, class, version, issuer, dates. */
const PUBLIC_RECORDS: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6]);
/** Further records of EF05 and EF06: card number, ID number, names, sex, nation, birth. */
const PERSONAL_RECORDS: ReadonlySet<number> = new Set([7, 8, 9, 0x0a, 0x0b, 0x0c, 0x0d, 0x4e]);

/** Objects that every card of an issuer has alike, or that hold for one transaction only. */
const OPEN_TAGS: ReadonlySet<string> = new Set(
  (
    '4F 50 82 84 87 88 8C 8D 8E 8F 94 95 9A 9C 5F24 5F25 5F28 5F2D 5F30 5F34 5F55 9F07 9F08 9F0C 9F0D 9F0E 9F0F ' +
    '9F10 9F11 9F12 9F26 9F27 9F36 9F37 9F38 9F42 9F44 9F49 9F4A 9F63'
  ).split(' '),
);

/**
 * One exchange, masked. "X" in a command stands for any digit at replay; a response stays of its length.
 * @param answers INS of the command to which the response belongs: that before a GET RESPONSE
 */
export function maskExchange(
  command: Uint8Array,
  response: Uint8Array,
  answers: number | undefined = command[1],
): Exchange {
  return { command: maskCommand(command), response: maskResponse(answers, response) };
}

/**
 * The INS whose data the response to `command` holds. Under T=0 GET RESPONSE fetches those of the command
 * before it.
 */
export function answeredBy(command: Uint8Array, before: number | undefined): number | undefined {
  const ins = command[1];
  return ins === INS.getResponse ? before : ins;
}

function maskCommand(bytes: Uint8Array): string {
  const hex = toHex(bytes);
  const parsed = parseCommand(bytes);
  if (!parsed.ok) return maskBehind(hex, 8);
  const { cla, ins, data } = parsed.value;
  const isPlain = cla === 0x00 || cla === 0x80;
  const isOpen = OPEN_DATA.has(ins) || (NO_DATA.has(ins) && data.length === 0);
  if (data.length === 0 || (isPlain && isOpen)) return hex;
  return maskBehind(hex, 10);
}

function maskBehind(hex: string, kept: number): string {
  return hex.slice(0, kept) + 'X'.repeat(Math.max(0, hex.length - kept));
}

function maskResponse(ins: number | undefined, bytes: Uint8Array): string {
  if (bytes.length < 2) return '00'.repeat(bytes.length);
  const data = bytes.subarray(0, -2);
  return toHex(maskData(ins, data)) + toHex(bytes.subarray(-2));
}

function maskData(ins: number | undefined, data: Uint8Array): Uint8Array {
  const isProof = ins === INS.getChallenge || ins === INS.internalAuthenticate;
  if (isProof && data.length === 8) return data;
  const isObject = ins !== undefined && OBJECT_ANSWERS.has(ins);
  if (!isObject) return new Uint8Array(data.length);
  return (
    (ins === INS.readRecord ? maskOwnRecord(data) : undefined) ??
    maskObjects(ins, data) ??
    new Uint8Array(data.length)
  );
}

/** A record of the social-security application; undefined for anything else. */
function maskOwnRecord(data: Uint8Array): Uint8Array | undefined {
  const [tag = 0, length] = data;
  if (length !== data.length - 2) return undefined;
  if (PUBLIC_RECORDS.has(tag)) return data;
  // The digit 0 everywhere: the record stays well formed and nobody is named.
  if (PERSONAL_RECORDS.has(tag)) return data.map((byte, index) => (index < 2 ? byte : 0x30));
  return undefined;
}

function maskObjects(ins: number, data: Uint8Array): Uint8Array | undefined {
  const parsed = parseTlv(data);
  if (!parsed.ok) return undefined;
  return concatBytes(...parsed.value.map((object) => maskObject(ins, object)));
}

function maskObject(ins: number, { tag, value, children }: Tlv): Uint8Array {
  if (children.length > 0) {
    return encodeTlv(tag, ...children.map((child) => maskObject(ins, child)));
  }
  return encodeTlv(tag, maskValue(ins, tag, value));
}

function maskValue(ins: number, tag: string, value: Uint8Array): Uint8Array {
  if (OPEN_TAGS.has(tag)) return value;
  // Format 1 of these two: AIP and AFL, or the cryptogram.
  if (tag === '80' && (ins === INS.getProcessingOptions || ins === INS.generateAc)) return value;
  const masked = tag === '5A' ? maskPan(value) : tag === '57' ? maskTrack2(value) : undefined;
  return masked ?? new Uint8Array(value.length);
}

/** First six and last four digits stay, as on a receipt. */
function maskPan(value: Uint8Array): Uint8Array | undefined {
  const match = /^(\d{12,19})(F?)$/.exec(toHex(value));
  return match === null ? undefined : fromHex(hideMiddle(match[1] ?? '') + (match[2] ?? ''));
}

/** Number and expiry as in `maskPan`; what follows is the bank's secret. */
function maskTrack2(value: Uint8Array): Uint8Array | undefined {
  const match = /^(\d{12,19})D(\d{7})(\d*)(F?)$/.exec(toHex(value));
  if (match === null) return undefined;
  const [, pan = '', open = '', secret = '', fill = ''] = match;
  return fromHex(`${hideMiddle(pan)}D${open}${'0'.repeat(secret.length)}${fill}`);
}

function hideMiddle(pan: string): string {
  return pan.slice(0, 6) + '0'.repeat(pan.length - 10) + pan.slice(-4);
}
