/** What an element of a parameter's array may be. */
export type ColumnValue = string | number | bigint | boolean | Uint8Array | null | undefined;

/** Types that travel as arrays; money and times are `bigint`. */
export type ElementType =
  | 'smallint'
  | 'integer'
  | 'bigint'
  | 'text'
  | 'boolean'
  | 'json'
  | 'bytea'
  | 'uuid';

/** PostgreSQL's numbers of the types. */
const typeOids: Readonly<Record<ElementType, number>> = {
  boolean: 16,
  bytea: 17,
  bigint: 20,
  smallint: 21,
  integer: 23,
  text: 25,
  json: 114,
  uuid: 2950,
};

const HEADER_BYTES = 20;
/** UTF-8 takes at most three bytes for a unit of a JavaScript string. */
const UNIT_BYTES = 3;
/** Up to here a loop is faster than a call into native code. */
const SHORT_UNITS = 48;
const TWO_TO_32 = 0x1_0000_0000;

/** Where arrays are written before they are copied out; grows to what the largest one took. */
let scratch = Buffer.allocUnsafe(64 * 1024);
let end = 0;

/**
 * A one-dimensional array in PostgreSQL's binary form, which the driver sends as it is: nothing is escaped
 * here and nothing parsed there. Undefined is NULL; json is given as its text, uuid as its bytes.
 */
export function binaryArray(type: ElementType, values: readonly ColumnValue[]): Buffer {
  end = 0;
  reserve(HEADER_BYTES);
  putInt32(values.length === 0 ? 0 : 1);
  putInt32(values.some(isNull) ? 1 : 0);
  putInt32(typeOids[type]);
  if (values.length > 0) {
    putInt32(values.length);
    putInt32(1);
    for (const value of values) putElement(type, value);
  }
  return Buffer.from(scratch.subarray(0, end));
}

function isNull(value: ColumnValue): value is null | undefined {
  return value === null || value === undefined;
}

function putElement(type: ElementType, value: ColumnValue): void {
  reserve(16);
  if (isNull(value)) putInt32(-1);
  else if (value instanceof Uint8Array) putBytes(value);
  else if (type === 'text' || type === 'json') putText(String(value));
  else if (type === 'bigint') putBigint(value);
  else if (type === 'integer') {
    putInt32(4);
    putInt32(Number(value));
  } else if (type === 'smallint') {
    putInt32(2);
    end = scratch.writeInt16BE(Number(value), end);
  } else {
    putInt32(1);
    scratch[end++] = value === true ? 1 : 0;
  }
}

/** The text, and its length before it. */
function putText(text: string): void {
  reserve(4 + text.length * UNIT_BYTES);
  const start = end + 4;
  const next = putAscii(text, start) ?? start + scratch.write(text, start, 'utf8');
  putInt32(next - start);
  end = next;
}

function putBytes(bytes: Uint8Array): void {
  reserve(4 + bytes.length);
  putInt32(bytes.length);
  scratch.set(bytes, end);
  end += bytes.length;
}

/** Where the text ends; undefined if it is long or not plain ASCII. */
function putAscii(text: string, at: number): number | undefined {
  if (text.length > SHORT_UNITS) return undefined;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) return undefined;
    scratch[at + i] = unit;
  }
  return at + text.length;
}

function putInt32(value: number): void {
  scratch[end++] = value >>> 24;
  scratch[end++] = value >>> 16;
  scratch[end++] = value >>> 8;
  scratch[end++] = value;
}

function putBigint(value: string | number | bigint | boolean): void {
  putInt32(8);
  const number = Number(value);
  if (!Number.isSafeInteger(number)) {
    end = scratch.writeBigInt64BE(BigInt(value), end);
    return;
  }
  putInt32(Math.floor(number / TWO_TO_32));
  putInt32(number);
}

function reserve(bytes: number): void {
  if (end + bytes <= scratch.length) return;
  const larger = Buffer.allocUnsafe(2 * (end + bytes));
  scratch.copy(larger, 0, 0, end);
  scratch = larger;
}
