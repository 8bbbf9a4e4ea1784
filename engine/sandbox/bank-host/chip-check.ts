/** The issuer's check of field 55: ARQC and ATC, and the answer for the card (ARPC). */
import { equalBytes, fromHex, toHex } from '../../base/crypto/bytes.ts';
import type { ChipTags } from '../../base/crypto/chip-tags.ts';
import { readChipTags, writeChipTags } from '../../base/crypto/chip-tags.ts';
import {
  applicationCryptogram,
  arpc,
  deriveUdk,
  pbocSessionKey,
} from '../../base/crypto/emv-cryptogram.ts';
import type { BankHostKeys } from './host-keys.ts';

/** Tags that the cryptogram covers, in this order; of 9F10 only the card verification results (JR/T 0025). */
const CRYPTOGRAM_TAGS = ['9F02', '9F03', '9F1A', '95', '5F2A', '9A', '9C', '9F37', '82', '9F36'];
const RESULTS_IN_9F10 = [6, 14] as const;

/** A card with a valid cryptogram. */
export type ProvenChip = {
  readonly atc: number;
  /** 9F02, twelve digits. */
  readonly amount: string;
  /** Field 55 of the answer: tag 91 (ARPC and response code) and the ATC. */
  answerFor(responseCode: string): string;
};

type Card = { readonly pan: string; readonly panSequence: string };

/** Checks the ARQC of `field55` (hex). @returns undefined when it is missing, truncated or wrong */
export function checkChip(keys: BankHostKeys, card: Card, field55: string): ProvenChip | undefined {
  const tags = readChipTags(field55);
  if (!tags.ok) return undefined;
  const data = cryptogramData(tags.value);
  const arqc = fromHex(tags.value.get('9F26') ?? '');
  const atc = fromHex(tags.value.get('9F36') ?? '');
  if (data === undefined || arqc.length !== 8 || atc.length !== 2) return undefined;
  const algorithm = keys.cardAlgorithm;
  const udk = deriveUdk({ algorithm, issuerMasterKey: keys.issuerMasterKey, ...card });
  const key = pbocSessionKey({ algorithm, udk, atc });
  if (!equalBytes(applicationCryptogram({ algorithm, key, data }), arqc)) return undefined;
  return {
    atc: Number.parseInt(toHex(atc), 16),
    amount: tags.value.get('9F02') ?? '',
    answerFor(responseCode) {
      const arc = new TextEncoder().encode(responseCode);
      const answer = toHex(arpc({ algorithm, key, arqc, arc })) + toHex(arc);
      return writeChipTags(
        new Map([
          ['91', answer],
          ['9F36', toHex(atc)],
        ]),
        ['91', '9F36'],
      );
    },
  };
}

function cryptogramData(tags: ChipTags): Uint8Array | undefined {
  const values = CRYPTOGRAM_TAGS.map((tag) => tags.get(tag));
  const results = tags.get('9F10')?.slice(...RESULTS_IN_9F10);
  if (values.includes(undefined) || results?.length !== RESULTS_IN_9F10[1] - RESULTS_IN_9F10[0]) {
    return undefined;
  }
  return fromHex(values.join('') + results);
}
