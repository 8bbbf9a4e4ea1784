/**
 * Field 64: the MAC over message type to field 63 (UnionPay POS, "ECB" algorithm); field 128, over all before
 * it, in a message with a second bitmap. Always computed over the bytes of the wire, never over a message
 * that was decoded and encoded again.
 */
import { Buffer } from 'node:buffer';
import { equalBytes } from '../../../base/crypto/bytes.ts';
import { unionPayMac } from '../../../base/crypto/unionpay-mac.ts';
import type { Result } from '../../../base/errors/result.ts';
import { ok } from '../../../base/errors/result.ts';
import type { MacKey } from '../../../ports/keys.ts';
import type { CodecError } from './codec.ts';
import { encode, lastField } from './codec.ts';
import type { Message } from './message-spec.ts';
import { MAC_FIELD } from './message-spec.ts';

const MAC_BYTES = 8;
/** It covers the whole message only as the last field. */
const MAC_FIELDS: readonly number[] = [MAC_FIELD, 128];

/** Encodes the message with its MAC in field 64 (a field 64 that is already there is replaced). */
export function encodeWithMac(message: Message, macKey: MacKey): Result<Uint8Array, CodecError> {
  const fields = { ...message.fields, [MAC_FIELD]: '00'.repeat(MAC_BYTES) };
  const encoded = encode({ mti: message.mti, fields });
  if (!encoded.ok) return encoded;
  const covered = encoded.value.subarray(0, -MAC_BYTES);
  return ok(Buffer.concat([covered, unionPayMac({ ...macKey, data: covered })]));
}

/**
 * Is the MAC of this message (bytes from its type on) right? A message that does not end with one has none.
 */
export function hasGoodMac(body: Uint8Array, macKey: MacKey): boolean {
  if (body.length <= MAC_BYTES || !MAC_FIELDS.includes(lastField(body))) return false;
  const expected = unionPayMac({ ...macKey, data: body.subarray(0, -MAC_BYTES) });
  return equalBytes(body.subarray(-MAC_BYTES), expected);
}
