/**
 * Field 64: the MAC over message type to field 63 (UnionPay POS, "ECB" algorithm), always computed over the
 * bytes of the wire, never over a message that was decoded and encoded again.
 */
import { Buffer } from 'node:buffer';
import type { CipherAlgorithm } from '../../../base/crypto/block-cipher.ts';
import { equalBytes } from '../../../base/crypto/bytes.ts';
import { unionPayMac } from '../../../base/crypto/unionpay-mac.ts';
import type { Result } from '../../../base/errors/result.ts';
import { ok } from '../../../base/errors/result.ts';
import type { CodecError } from './codec.ts';
import { encode } from './codec.ts';
import type { Message } from './message-spec.ts';
import { MAC_FIELD } from './message-spec.ts';

const MAC_BYTES = 8;
/** The byte of the bitmap whose last bit stands for field 64. */
const BITMAP_END = 9;

/** A MAC work key: 16 bytes, or 8 where the host uses single DES. */
export type MacKey = { readonly algorithm: CipherAlgorithm; readonly key: Uint8Array };

/** Encodes the message with its MAC in field 64 (a field 64 that is already there is replaced). */
export function encodeWithMac(message: Message, macKey: MacKey): Result<Uint8Array, CodecError> {
  const fields = { ...message.fields, [MAC_FIELD]: '00'.repeat(MAC_BYTES) };
  const encoded = encode({ mti: message.mti, fields });
  if (!encoded.ok) return encoded;
  const covered = encoded.value.subarray(0, -MAC_BYTES);
  return ok(Buffer.concat([covered, unionPayMac({ ...macKey, data: covered })]));
}

/** Is the MAC of this message (bytes from its type on) right? A message without field 64 is not. */
export function hasGoodMac(body: Uint8Array, macKey: MacKey): boolean {
  if (body.length < BITMAP_END + 1 + MAC_BYTES) return false;
  if (((body[BITMAP_END] ?? 0) & 1) === 0) return false;
  const expected = unionPayMac({ ...macKey, data: body.subarray(0, -MAC_BYTES) });
  return equalBytes(body.subarray(-MAC_BYTES), expected);
}
