/**
 * The message of the UnionPay point-of-sale interface (ISO 8583) as data. The codec, the
 * log printer and the tests read this table; nothing else knows how a field looks on the wire.
 * Layout: public UnionPay POS terminal sources (ISO8583Util and the PAX-style settlement code),
 * checked against raw messages. Field 23 is the only odd-length field that is aligned to the right.
 */

/**
 * n: digits, two to a byte. z: track data, digits and the separator D, two to a byte.
 * an: printable ASCII. ans: any bytes as text, one character a byte (some hosts put GBK there).
 * b: bytes, written as upper-case hex.
 */
export type FieldKind = 'n' | 'z' | 'an' | 'ans' | 'b';

export type FieldSpec = {
  readonly name: string;
  readonly kind: FieldKind;
  /** Exact length of a fixed field, maximum length of a variable one; digits for n and z, else bytes. */
  readonly length: number;
  /** 0: fixed length. 2 or 3: number of BCD digits of the length that precedes the field. */
  readonly lengthDigits: 0 | 2 | 3;
  /** Minimum length of a variable field. */
  readonly least: number;
  /** Side of the filler nibble 0 of an odd number of digits. */
  readonly filler: 'right' | 'left';
  /** What a log may show: everything, the card number's first 6 and last 4 digits, or the length only. */
  readonly shown: 'all' | 'pan' | 'length';
  /** May a host hide it behind half-bytes that are no digits? It then counts as absent. */
  readonly isMaskable: boolean;
};

type Options = Partial<Pick<FieldSpec, 'least' | 'filler' | 'shown' | 'isMaskable'>>;

function field(
  name: string,
  kind: FieldKind,
  [length, lengthDigits]: readonly [number, (0 | 2 | 3)?],
  options: Options = {},
): FieldSpec {
  const defaults = { least: 0, filler: 'right', shown: 'all', isMaskable: false } as const;
  return { name, kind, length, lengthDigits: lengthDigits ?? 0, ...defaults, ...options };
}

/**
 * The fields that are used, in the order of the wire, at their full standard length. Others cannot be
 * written; in an answer they are passed over (standard-fields.ts).
 */
export const fieldSpecs: ReadonlyMap<number, FieldSpec> = new Map([
  [2, field('card number', 'n', [19, 2], { least: 12, shown: 'pan', isMaskable: true })],
  [3, field('processing code', 'n', [6])],
  [4, field('amount, fen', 'n', [12], { isMaskable: true })],
  [11, field('trace number', 'n', [6])],
  [12, field('host time', 'n', [6])],
  [13, field('host date', 'n', [4])],
  [14, field('expiry', 'n', [4], { shown: 'length' })],
  [15, field('settlement date', 'n', [4])],
  [22, field('entry mode', 'n', [3])],
  [23, field('card sequence number', 'n', [3], { filler: 'left' })],
  [25, field('condition code', 'n', [2])],
  [26, field('PIN capture code', 'n', [2])],
  [32, field('acquirer', 'n', [11, 2])],
  [35, field('track 2', 'z', [37, 2], { least: 1, shown: 'length' })],
  [36, field('track 3', 'z', [104, 3], { least: 1, shown: 'length' })],
  [37, field('retrieval reference', 'an', [12])],
  [38, field('authorisation code', 'an', [6])],
  [39, field('response code', 'an', [2])],
  [41, field('terminal', 'an', [8])],
  [42, field('merchant', 'an', [15])],
  [44, field('additional response data', 'ans', [25, 2])],
  [46, field('terminal attributes', 'ans', [999, 3])],
  [48, field('totals or batch details', 'n', [999, 3], { shown: 'length' })],
  [49, field('currency', 'an', [3])],
  [52, field('PIN block', 'b', [8], { shown: 'length' })],
  [53, field('security control', 'n', [16])],
  [54, field('balance', 'ans', [120, 3], { shown: 'length' })],
  [55, field('chip data', 'b', [999, 3], { shown: 'length' })],
  [56, field('additional text', 'ans', [999, 3], { shown: 'length' })],
  [57, field('additional data', 'ans', [999, 3], { shown: 'length' })],
  [58, field('electronic purse data', 'ans', [999, 3], { shown: 'length' })],
  [59, field('additional tagged data', 'b', [999, 3], { shown: 'length' })],
  [60, field('message type and batch', 'n', [999, 3])],
  [61, field('original transaction', 'n', [999, 3])],
  [62, field('keys or parameters', 'b', [999, 3], { shown: 'length' })],
  [63, field('operator or scheme', 'ans', [999, 3])],
  [64, field('MAC', 'b', [8])],
]);

/** The field of the MAC, always the last; in a message with a second bitmap 128 takes its place. */
export const MAC_FIELD = 64;

type MessageType = { readonly name: string; readonly required: readonly number[] };

/** Required fields of each message. More are allowed: acquirers add fields of their own. */
export const messageTypes = {
  '0800': { name: 'sign-in', required: [11, 41, 42, 60] },
  '0810': { name: 'sign-in answer', required: [11, 39, 41, 42] },
  '0820': { name: 'sign-off', required: [11, 41, 42, 60] },
  '0830': { name: 'sign-off answer', required: [11, 39, 41, 42] },
  '0200': { name: 'sale or void', required: [3, 11, 25, 41, 42, 49, 60, 64] },
  '0210': { name: 'sale or void answer', required: [3, 11, 39, 41, 42] },
  '0220': { name: 'refund', required: [3, 4, 11, 25, 37, 41, 42, 49, 60, 61, 64] },
  '0230': { name: 'refund answer', required: [3, 11, 39, 41, 42] },
  '0400': { name: 'reversal', required: [3, 4, 11, 25, 39, 41, 42, 49, 60, 64] },
  '0410': { name: 'reversal answer', required: [3, 11, 39, 41, 42] },
  '0500': { name: 'batch settlement', required: [11, 41, 42, 48, 49, 60] },
  '0510': { name: 'batch settlement answer', required: [11, 39, 41, 42, 48] },
  '0320': { name: 'batch upload', required: [11, 41, 42, 48, 60] },
  '0330': { name: 'batch upload answer', required: [11, 39, 41, 42] },
} as const satisfies Record<string, MessageType>;

/** Message type indicator, four digits. */
export type Mti = keyof typeof messageTypes;

/** Is this text a known message type? */
export function isMti(text: string): text is Mti {
  return Object.hasOwn(messageTypes, text);
}

/**
 * A message as values: digits for n, digits and D for z, text for an and ans, upper-case hex for b.
 * Field 1 (the bitmap) follows from the fields present.
 */
export type Message = { readonly mti: Mti; readonly fields: Readonly<Record<number, string>> };

/** The first required field that is missing, or undefined. `optional`: a field that may be. */
export function missingField(message: Message, optional?: number): number | undefined {
  const { required } = messageTypes[message.mti];
  return required.find((number) => number !== optional && message.fields[number] === undefined);
}
