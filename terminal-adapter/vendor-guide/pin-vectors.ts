/** Worked PIN blocks, with the steps between. */
import { sm4Encrypt } from '../../engine/base/crypto/block-cipher.ts';
import { concatBytes, fromHex, toHex, xorBytes } from '../../engine/base/crypto/bytes.ts';
import {
  accountField4,
  encodePinBlock4,
  encryptPinBlock0,
  pinAccountDigits,
  sm4Cipher,
} from '../../engine/base/crypto/pin-block.ts';
import type { CardId } from '../../engine/base/ids/ids.ts';
import { vectorCard } from './card-vectors.ts';
import { sessionKeys } from './signature-vectors.ts';

/** PIN "528719" of a card whose id has letters among its last twelve digits. */
export function medicalPinVector() {
  const cardId = vectorCard.socialSecurity.cardId as CardId;
  const [pin, random, key] = ['528719', '0102030405060708', sessionKeys.pinKey.clear];
  const accountDigits = pinAccountDigits(cardId);
  const pinField = concatBytes(fromHex('46528719AAAAAAAA'), fromHex(random));
  const accountField = accountField4(accountDigits);
  const first = sm4Encrypt(fromHex(key), pinField);
  const block = encodePinBlock4({
    ...{ pin, pan: accountDigits, random: fromHex(random), cipher: sm4Cipher(fromHex(key)) },
  });
  return {
    ...{ cardId, accountDigits, pin, random, key },
    pinField: toHex(pinField),
    accountField: toHex(accountField),
    firstCipher: toHex(first),
    exclusiveOr: toHex(xorBytes(first, accountField)),
    block: toHex(block),
  };
}

/** PIN "147369" of the bank. */
export function bankPinVector() {
  const [pin, key] = ['147369', sessionKeys.bankPinKey.clear];
  const { pan = '' } = vectorCard.debit ?? {};
  const pinField = fromHex('06147369FFFFFFFF');
  const accountField = fromHex(`0000${pan.slice(-13, -1)}`);
  return {
    ...{ pan, pin, key },
    pinField: toHex(pinField),
    accountField: toHex(accountField),
    exclusiveOr: toHex(xorBytes(pinField, accountField)),
    block: toHex(encryptPinBlock0({ pin, pan, key: fromHex(key) })),
  };
}
