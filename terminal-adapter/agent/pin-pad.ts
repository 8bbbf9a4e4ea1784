/**
 * The PIN pad: PINs stay inside it, and enciphered PIN blocks come out. `createSoftwarePinPad` is for
 * the sandbox; a real PIN pad keeps its keys in hardware behind the same interface.
 */

import { toHex } from '../../engine/base/crypto/bytes.ts';
import {
  encodePinBlock4,
  encryptPinBlock0,
  pinAccountDigits,
  sm4Cipher,
} from '../../engine/base/crypto/pin-block.ts';
import { parseCardId } from '../../engine/base/ids/ids.ts';
import type { TerminalClock } from '../client/engine-client.ts';
import { unwrapKey } from '../client/unwrap-key.ts';

/** Makes PIN blocks. Undefined: the holder gave up, or the PIN pad has no key. */
export type PinPad = {
  /** ISO 9564 format 4 with SM4 over the card's account digits; 16 bytes, hex. */
  medicalPinBlock(cardId: string): Promise<string | undefined>;
  /** ISO 9564 format 0 with 3DES for field 52; 8 bytes, hex. */
  bankPinBlock(pan: string): Promise<string | undefined>;
  /** True: the bank's block is bound to no card number, as some PIN pads make it. */
  readonly bankPinWithoutPan?: boolean;
};

export type SoftwarePinPadOptions = {
  /** SM4, 16 bytes: opens the medical PIN key of a sign-in. */
  readonly masterKey: Uint8Array;
  /** Double-length DES, 16 bytes: opens the bank's PIN key. */
  readonly bankMasterKey: Uint8Array;
  /** The holder's digits, or undefined when the holder gives up. */
  readonly askPin: (kind: 'medical' | 'bank') => Promise<string | undefined>;
  readonly clock: Pick<TerminalClock, 'randomBytes'>;
  readonly bankPinWithoutPan?: boolean;
};

/** A PIN pad that takes its keys from a sign-in. */
export type SignInPinPad = PinPad & {
  /**
   * Loads the wrapped keys of a sign-in. False when the check value of the medical key is wrong; a
   * bank key that is missing or wrong only makes `bankPinBlock` undefined.
   */
  loadKeys(wrapped: { readonly pinKey: string; readonly bankPinKey: string | null }): boolean;
};

const PIN = /^\d{4,12}$/;

/** A PIN pad in memory, for the sandbox and tests: a computer can read what is in its memory. */
export function createSoftwarePinPad(options: SoftwarePinPadOptions): SignInPinPad {
  const { bankPinWithoutPan = false } = options;
  let medicalKey: Uint8Array | undefined;
  let bankKey: Uint8Array | undefined;
  const ask = async (kind: 'medical' | 'bank') => {
    const pin = await options.askPin(kind);
    return pin !== undefined && PIN.test(pin) ? pin : undefined;
  };
  return {
    bankPinWithoutPan,
    loadKeys({ pinKey, bankPinKey }) {
      const { masterKey, bankMasterKey } = options;
      medicalKey = unwrapKey({ algorithm: 'sm4', masterKey, wrapped: pinKey });
      bankKey = unwrapKey({
        algorithm: '3des',
        masterKey: bankMasterKey,
        wrapped: bankPinKey ?? '',
      });
      return medicalKey !== undefined;
    },
    async medicalPinBlock(cardId) {
      const id = parseCardId(cardId);
      if (medicalKey === undefined || id === undefined) return undefined;
      const pin = await ask('medical');
      if (pin === undefined) return undefined;
      const random = options.clock.randomBytes(8);
      const cipher = sm4Cipher(medicalKey);
      return toHex(encodePinBlock4({ pin, pan: pinAccountDigits(id), random, cipher }));
    },
    async bankPinBlock(pan) {
      if (bankKey === undefined) return undefined;
      const pin = await ask('bank');
      if (pin === undefined) return undefined;
      const bound = bankPinWithoutPan ? undefined : pan;
      return toHex(encryptPinBlock0({ pin, pan: bound, key: bankKey }));
    },
  };
}
