/**
 * PIN blocks of ISO 9564-1, formats 0 (8 bytes, bank PIN under 3DES) and 4 (16 bytes, medical PIN
 * under SM4; the standard names AES, the layout is the same for any 16-byte block cipher). PINs and
 * blocks are secrets: no error here carries a digit of them.
 */

import type { Result } from '../errors/result.ts';
import { fail, invariant, ok } from '../errors/result.ts';
import type { CardId } from '../ids/ids.ts';
import { sm4Decrypt, sm4Encrypt, tripleDesDecrypt, tripleDesEncrypt } from './block-cipher.ts';
import { concatBytes, fromHex, toHex, xorBytes } from './bytes.ts';

/** Why a block is not a PIN block. A wrong key or another card's number also causes one of these. */
export type PinBlockError =
  | 'PIN_BLOCK_SIZE'
  | 'PIN_BLOCK_CONTROL'
  | 'PIN_BLOCK_PIN_LENGTH'
  | 'PIN_BLOCK_DIGITS'
  | 'PIN_BLOCK_FILL';

/** A 16-byte block cipher with its key inside, both directions on one block. */
export type BlockCipher = {
  readonly encrypt: (block: Uint8Array) => Uint8Array;
  readonly decrypt: (block: Uint8Array) => Uint8Array;
};

/** SM4 under one PIN key, as the cipher of format 4. */
export function sm4Cipher(key: Uint8Array): BlockCipher {
  return {
    encrypt: (block) => sm4Encrypt(key, block),
    decrypt: (block) => sm4Decrypt(key, block),
  };
}

/** Which decimal digit stands for each hex digit. */
const DECIMALISED = '0123456789012345';

/**
 * The account digits of a *medical* PIN block, which bind it to its card: the 12 rightmost hex digits of the
 * card identification code, each decimalised with 0123456789012345.
 */
export function pinAccountDigits(cardId: CardId): string {
  let digits = '';
  for (const digit of cardId.slice(-12)) digits += DECIMALISED.charAt(Number.parseInt(digit, 16));
  return digits;
}

function checkPin(pin: string): void {
  invariant(/^\d{4,12}$/.test(pin), 'a PIN has 4 to 12 digits');
}

function pinField(control: '0' | '4', pin: string, fill: 'A' | 'F'): Uint8Array {
  checkPin(pin);
  return fromHex(`${control}${pin.length.toString(16)}${pin}`.padEnd(16, fill));
}

/**
 * Format 0 account field: 0000 and the 12 rightmost PAN digits without the check digit. UnionPay also knows
 * blocks that are bound to no card number (field 53.1 = 1): zeros.
 */
function accountField0(pan: string | undefined): Uint8Array {
  if (pan === undefined) return new Uint8Array(8);
  invariant(/^\d{8,19}$/.test(pan), 'a PAN has 8 to 19 digits');
  return fromHex(pan.slice(0, -1).slice(-12).padStart(16, '0'));
}

/**
 * Format 4 account field: PAN length minus 12 in the first nibble; a PAN shorter than 12 is zero
 * filled on the left.
 */
export function accountField4(pan: string): Uint8Array {
  invariant(/^\d{1,19}$/.test(pan), 'a PAN has 1 to 19 digits');
  const digits = pan.padStart(12, '0');
  return fromHex(`${digits.length - 12}${digits}`.padEnd(32, '0'));
}

function readPinField(
  field: Uint8Array,
  control: '0' | '4',
  fill: 'A' | 'F',
): Result<string, PinBlockError> {
  const hex = toHex(field.subarray(0, 8));
  if (hex.charAt(0) !== control) return fail('PIN_BLOCK_CONTROL');
  const length = Number.parseInt(hex.charAt(1), 16);
  if (length < 4 || length > 12) return fail('PIN_BLOCK_PIN_LENGTH');
  const pin = hex.slice(2, 2 + length);
  if (!/^\d+$/.test(pin)) return fail('PIN_BLOCK_DIGITS');
  const rest = hex.slice(2 + length);
  return rest === fill.repeat(rest.length) ? ok(pin) : fail('PIN_BLOCK_FILL');
}

/** Clear format 0 block, 8 bytes. `pin` 4 to 12 digits, `pan` 8 to 19 digits; undefined: bound to no card. */
export function encodePinBlock0(options: { pin: string; pan: string | undefined }): Uint8Array {
  return xorBytes(pinField('0', options.pin, 'F'), accountField0(options.pan));
}

/** The PIN of a clear format 0 block. */
export function decodePinBlock0(options: {
  block: Uint8Array;
  pan: string | undefined;
}): Result<string, PinBlockError> {
  if (options.block.length !== 8) return fail('PIN_BLOCK_SIZE');
  return readPinField(xorBytes(options.block, accountField0(options.pan)), '0', 'F');
}

/** Format 0 block under a 3DES PIN key (16 or 24 bytes): field 52 of a UnionPay message. */
export function encryptPinBlock0(options: {
  pin: string;
  pan: string | undefined;
  key: Uint8Array;
}): Uint8Array {
  return tripleDesEncrypt(options.key, encodePinBlock0(options));
}

/** The PIN of an enciphered format 0 block. */
export function decryptPinBlock0(options: {
  block: Uint8Array;
  pan: string | undefined;
  key: Uint8Array;
}): Result<string, PinBlockError> {
  if (options.block.length !== 8) return fail('PIN_BLOCK_SIZE');
  return decodePinBlock0({ block: tripleDesDecrypt(options.key, options.block), pan: options.pan });
}

/** Enciphered format 4 block, 16 bytes. `random`: 8 fresh bytes, so equal PINs give different blocks. */
export function encodePinBlock4(options: {
  pin: string;
  pan: string;
  random: Uint8Array;
  cipher: BlockCipher;
}): Uint8Array {
  invariant(options.random.length === 8, 'a format 4 PIN block needs 8 random bytes');
  const field = concatBytes(pinField('4', options.pin, 'A'), options.random);
  return options.cipher.encrypt(
    xorBytes(options.cipher.encrypt(field), accountField4(options.pan)),
  );
}

/** The PIN of an enciphered format 4 block. */
export function decodePinBlock4(options: {
  block: Uint8Array;
  pan: string;
  cipher: BlockCipher;
}): Result<string, PinBlockError> {
  if (options.block.length !== 16) return fail('PIN_BLOCK_SIZE');
  const inner = xorBytes(options.cipher.decrypt(options.block), accountField4(options.pan));
  return readPinField(options.cipher.decrypt(inner), '4', 'A');
}
