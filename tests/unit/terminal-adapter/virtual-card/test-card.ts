// A card of the public test values: invented holder, UnionPay test PAN, keys of the PBOC vectors.

import type { CipherAlgorithm } from '../../../../engine/base/crypto/block-cipher.ts';
import { fromHex, toHex } from '../../../../engine/base/crypto/bytes.ts';
import { deriveCardKey } from '../../../../engine/base/crypto/card-key.ts';
import { deriveUdk } from '../../../../engine/base/crypto/emv-cryptogram.ts';
import type { CardId } from '../../../../engine/base/ids/ids.ts';
import type { CardPersonalisation } from '../../../../terminal-adapter/virtual-card/personalisation.ts';

export const issuerMasterKey = fromHex('0123456789ABCDEFFEDCBA9876543210');
export const cardMasterKey = fromHex('FEDCBA98765432100123456789ABCDEF');
export const testCardId = '991000D15600000500000000000000FF' as CardId;

/** The card under one cipher for both applications. */
export function testCard(algorithm: CipherAlgorithm): CardPersonalisation {
  const [pan, panSequence] = ['6216261000000000018', '01'];
  return {
    socialSecurity: {
      algorithm,
      cardId: testCardId,
      cardClass: '1',
      specVersion: '3.00',
      issuer: '910000019991009900000000',
      issuedOn: '2026-01-01',
      expiresOn: '2036-01-01',
      cardNumber: 'A12345678',
      holder: {
        idNumber: '999999199001010018',
        nameGbk: 'B2E2CAD4C8CB',
        sex: '1',
        nation: '01',
        birthplace: '999999',
        bornOn: '1990-01-01',
      },
      cardKey: toHex(deriveCardKey({ algorithm, masterKey: cardMasterKey, cardId: testCardId })),
      pin: '123456',
    },
    debit: {
      algorithm,
      pan,
      panSequence,
      expiresOn: '2030-12-31',
      udk: toHex(deriveUdk({ algorithm, issuerMasterKey, pan, panSequence })),
      holderName: 'TEST CARD',
      issuerDiscretionaryData: '0A010000000000AABBCCDD',
    },
  };
}

/** Counts up, so that two challenges differ and a test repeats. */
export function countingRandom(): (bytes: number) => Uint8Array {
  let next = 0;
  return (bytes) => Uint8Array.from({ length: bytes }, () => next++ & 0xff);
}
