/** Insured persons with their cards, bank accounts and PINs, and the card in the slot as an agent sees it. */

import { fromHex, toHex } from '../../../engine/base/crypto/bytes.ts';
import { writeChipTags } from '../../../engine/base/crypto/chip-tags.ts';
import {
  applicationCryptogram,
  arpc,
  deriveUdk,
  pbocSessionKey,
} from '../../../engine/base/crypto/emv-cryptogram.ts';
import { encryptPinBlock0 } from '../../../engine/base/crypto/pin-block.ts';
import { fail, ok } from '../../../engine/base/errors/result.ts';
import type { CardId, PersonNo } from '../../../engine/base/ids/ids.ts';
import { shardOf } from '../../../engine/base/ids/ids.ts';
import type { Fen } from '../../../engine/base/money/fen.ts';
import type { SignInDocument } from '../../../engine/contract/terminal.ts';
import type { Person } from '../../../engine/domain/person/person.ts';
import type { CounterCard } from '../../../terminal-adapter/agent/counter-card.ts';
import { unwrapKey } from '../../../terminal-adapter/client/unwrap-key.ts';
import { card, cardBody, person, type TestCard, yuan } from '../../support/domain/builders.ts';
import { chipAnswer, verifierOf } from '../../support/flows/test-keys.ts';
import { bankKeys, EXPIRY, PAN_SEQUENCE, PIN_PAD_KEY } from './bank.ts';
import type { Plan } from './plan.ts';

export const PIN = '135790';

/** The key of the bank's PIN blocks that a sign-in brought; undefined: it brought none. */
export function bankPinKeyOf({ bankPinKey }: SignInDocument): Uint8Array | undefined {
  return unwrapKey({ algorithm: '3des', masterKey: PIN_PAD_KEY, wrapped: bankPinKey ?? '' });
}

/** The block of the right PIN, hex. */
export function bankPinBlockOf(pan: string, key: Uint8Array): string {
  return toHex(encryptPinBlock0({ pin: PIN, pan, key }));
}

/** A card with its two applications. The chip counts wherever it is. */
export type SimCard = {
  readonly medical: TestCard;
  readonly pan: string;
  /** Of its bank account. */
  readonly bankOpening: Fen;
  atc: number;
};

export type Holder = {
  readonly person: Person;
  readonly cards: readonly SimCard[];
  /** Accumulators of the year when the run begins. */
  readonly counted: ReadonlyMap<string, Fen>;
};

/** So much is left under a cap of 796.00 that the first bills reach it, and refunds of them matter. */
const NEAR_THE_CAP = new Map([['second-point-fund-paid', yuan('776.00')]]);

/** Four persons: two whose account is soon empty, one well off with two cards, one without an account. */
export function createHolders({ refundOrder }: Pick<Plan, 'refundOrder'>): readonly Holder[] {
  const isCapped = refundOrder !== 'keep';
  const traits = isCapped ? ['second-point'] : [];
  const counted = isCapped ? NEAR_THE_CAP : new Map<string, Fen>();
  const balances = ['60.00', '8.00', '900.00', '0.00'];
  return balances.map((balance, index) => {
    const personNo = `4419000000000000000000000${index + 1}` as PersonNo;
    const key = { shard: shardOf(personNo), personNo };
    const accountStatus = index === 3 ? ('none' as const) : ('active' as const);
    const serials = index === 2 ? [index + 1, 9] : [index + 1];
    const cards = serials.map((serial) => ({
      medical: card({
        key,
        cardId: `441900D156000005FC1B2A6C0000000${serial}` as CardId,
        cardNumber: `A1234567${serial}`,
        pinVerifier: verifierOf(PIN),
      }),
      pan: `622848040256489001${serial}`,
      bankOpening: yuan(serial === 1 ? '70.00' : '2000.00'),
      atc: 0,
    }));
    const accountBalance = yuan(balance);
    return { person: person({ key, accountBalance, accountStatus, traits }), cards, counted };
  });
}

export type SlotOptions = {
  readonly card: SimCard;
  /** Every exchange with the chip takes a while; the terminal may die in it. */
  readonly work: () => Promise<void>;
  /** The holder takes the card away before the bank's answer reaches it. */
  readonly isGone: () => boolean;
};

/**
 * A genuine card in the slot, for one sale: real cryptograms, checked by the bank, and by the card in
 * turn.
 */
export function openSlot({ card, work, isGone }: SlotOptions): CounterCard {
  let asked: { readonly key: Uint8Array; readonly arqc: Uint8Array } | undefined;
  return {
    async read() {
      await work();
      return ok(cardBody(card.medical));
    },
    async prove({ factor, source }) {
      await work();
      return ok(chipAnswer(card.medical.cardId, fromHex(factor), fromHex(source)));
    },
    async authorise(amount) {
      await work();
      card.atc += 1;
      const { chipData, ...secrets } = authorisation(card, amount);
      asked = secrets;
      const { pan } = card;
      return ok({ pan, panSequence: PAN_SEQUENCE, expiry: EXPIRY, chipData, entryMode: '051' });
    },
    async finish({ responseCode, issuerAuthData }) {
      await work();
      if (isGone()) return fail({ code: 'CARD_GONE' });
      if (asked === undefined || issuerAuthData === undefined) return ok(false);
      const arc = Buffer.from(responseCode);
      const expected = toHex(arpc({ algorithm: '3des', ...asked, arc })) + toHex(arc);
      return ok(expected === issuerAuthData);
    },
  };
}

const CRYPTOGRAM_TAGS = ['9F02', '9F03', '9F1A', '95', '5F2A', '9A', '9C', '9F37', '82', '9F36'];

/** Field 55 of a sale, with the cryptogram of this card and counter. */
function authorisation({ pan, atc }: SimCard, amount: Fen) {
  const { issuerMasterKey } = bankKeys;
  const atcHex = atc.toString(16).padStart(4, '0').toUpperCase();
  const tags = new Map([
    ['9F02', amount.toString().padStart(12, '0')],
    ['9F03', '000000000000'],
    ['9F1A', '0156'],
    ['95', '0000000000'],
    ['5F2A', '0156'],
    ['9A', '261122'],
    ['9C', '00'],
    ['9F37', '11223344'],
    ['82', '7C00'],
    ['9F36', atcHex],
    ['9F10', '07010103A0A010010A01000000000000'],
    ['9F1E', '53494D3030303031'],
  ]);
  const results = tags.get('9F10')?.slice(6, 14) ?? '';
  const data = fromHex(CRYPTOGRAM_TAGS.map((tag) => tags.get(tag) ?? '').join('') + results);
  const udk = deriveUdk({ algorithm: '3des', issuerMasterKey, pan, panSequence: PAN_SEQUENCE });
  const key = pbocSessionKey({ algorithm: '3des', udk, atc: fromHex(atcHex) });
  const arqc = applicationCryptogram({ algorithm: '3des', key, data });
  tags.set('9F26', toHex(arqc));
  return { key, arqc, chipData: writeChipTags(tags, ['9F26', ...tags.keys()].slice(0, 13)) };
}
