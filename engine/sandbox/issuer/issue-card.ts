import { createSecretKey } from 'node:crypto';
import type {
  CardPersonalisation,
  DebitPersonalisation,
} from '../../../terminal-adapter/virtual-card/personalisation.ts';
import { toHex } from '../../base/crypto/bytes.ts';
import { deriveCardKey } from '../../base/crypto/card-key.ts';
import { deriveUdk } from '../../base/crypto/emv-cryptogram.ts';
import { shardOf } from '../../base/ids/ids.ts';
import type { Fen } from '../../base/money/fen.ts';
import type { CardRecord } from '../../domain/card/card.ts';
import { chipAlgorithmOf } from '../../domain/card/card.ts';
import type { CardStanding } from '../../domain/card/card-standing.ts';
import { lifeFromElsewhere } from '../../domain/card/card-standing.ts';
import { makePinVerifier } from '../../ops/keystore/software-keys.ts';
import type { KeystoreSecrets } from '../../ops/keystore/software-roots.ts';
import type { BankHostCard } from '../bank-host/bank-host.ts';
import type { BankKeys } from '../keys/sandbox-keys.ts';
import { encodeGbk } from './encode-gbk.ts';
import {
  sandboxCardId,
  sandboxCardNumber,
  sandboxPan,
  sandboxPersonNo,
} from './sandbox-numbers.ts';

/** Data of the holder's application form and of the bank's contract. */
export type CardApplication = {
  readonly serial: number;
  /** Issuing region, six digits. */
  readonly region: string;
  readonly holder: CardHolder;
  /** "3.00"; the chip's cipher follows from it. */
  readonly specVersion: string;
  /** ISO dates. */
  readonly issuedOn: string;
  readonly expiresOn: string | undefined;
  readonly standing: CardStanding;
  /** ms; for `oral-loss`. */
  readonly oralLossUntil: number | undefined;
  readonly medicalPin: string;
  readonly bankPin: string;
  readonly bankBalance: Fen;
};

/** EF06 of the card, without the ID number, which the sandbox does not have. */
export type CardHolder = {
  readonly name: string;
  /** ASCII, for the bank application. */
  readonly latinName: string;
  /** GB/T 2261.1: 1 male, 2 female. */
  readonly sex: '1' | '2';
  readonly birthDate: string;
};

/** One card as the chip, the engine and the bank know it. */
export type IssuedCard = {
  /** For the chip: all its secrets. */
  readonly personalisation: CardPersonalisation;
  /** For the engine: the PIN's verifier, never the PIN. */
  readonly card: CardRecord;
  /** For the bank, which opens an account for it and stores a verifier of the PIN. */
  readonly bankCard: BankHostCard;
};

/** The keys of both systems. Only the sandbox's issuing centre, which acts for both, has them together. */
export type IssuingKeys = { readonly engine: KeystoreSecrets; readonly bank: BankKeys };

const PERSONAL_CARD_CLASS = '1';
const PAN_SEQUENCE = '01';
/** GB/T 3304: Han. */
const NATION = '01';
/** Fills the field of the ID number: neither a real nor an invented one. */
const NO_ID_NUMBER = '0'.repeat(18);
/** End date of the bank application of cards without an end date. */
const BANK_EXPIRES_ON = '2036-12-31';

/**
 * Personalises a card. Deterministic: the same application and keys give the same card, so virtual cards
 * are not stored.
 */
export function issueCard(application: CardApplication, keys: IssuingKeys): IssuedCard {
  const card = cardOnRecord(application, keys.engine);
  const { cardId, cardNumber, cardClass, specVersion, expiresOn } = card;
  const algorithm = chipAlgorithmOf(specVersion);
  const debit = personaliseDebit(application, keys.bank);
  return {
    personalisation: {
      socialSecurity: {
        ...{ cardId, cardNumber, cardClass, specVersion, algorithm, expiresOn },
        ...writtenData(application),
        cardKey: toHex(socialSecurityKey(keys.engine, card)),
        pin: application.medicalPin,
      },
      debit,
    },
    card,
    bankCard: {
      kind: 'debit',
      pan: debit.pan,
      panSequence: debit.panSequence,
      expiry: debit.expiresOn.slice(2, 4) + debit.expiresOn.slice(5, 7),
      pin: application.bankPin,
      balance: application.bankBalance,
    },
  };
}

/** The engine's row of a card, without deriving the card's keys; for populations. */
export function cardOnRecord(application: CardApplication, engine: KeystoreSecrets): CardRecord {
  const { serial, region, specVersion } = application;
  const cardId = sandboxCardId(region, serial);
  const personNo = sandboxPersonNo(region, serial);
  const pin = Buffer.from(application.medicalPin, 'latin1');
  return {
    key: { shard: shardOf(personNo), personNo },
    cardId,
    cardNumber: sandboxCardNumber(serial),
    cardClass: PERSONAL_CARD_CLASS,
    specVersion,
    expiresOn: application.expiresOn,
    ...lifeFromElsewhere(application.standing),
    oralLossUntil: application.oralLossUntil,
    pinVerifier: makePinVerifier(createSecretKey(engine.pinVerifierKey), cardId, pin),
    pinWrongTries: 0,
    lastChallenge: 0,
    lastAtc: 0,
  };
}

/** The chip's key, 16 bytes, with which it answers INTERNAL AUTHENTICATE. */
export function socialSecurityKey(
  engine: KeystoreSecrets,
  { cardId, specVersion }: Pick<CardRecord, 'cardId' | 'specVersion'>,
): Uint8Array {
  const algorithm = chipAlgorithmOf(specVersion);
  const masterKey = engine.cardMasterKeys[algorithm];
  return deriveCardKey({ algorithm, masterKey, cardId });
}

function writtenData({ holder, region, issuedOn }: CardApplication) {
  return {
    // 初始化机构编号, 12 bytes; on real cards it begins with 9156.
    issuer: `9156${region}`.padEnd(24, '0'),
    issuedOn,
    holder: {
      idNumber: NO_ID_NUMBER,
      nameGbk: encodeGbk(holder.name),
      sex: holder.sex,
      nation: NATION,
      birthplace: region,
      bornOn: holder.birthDate,
    },
  };
}

function personaliseDebit(application: CardApplication, bank: BankKeys): DebitPersonalisation {
  const pan = sandboxPan(application.serial);
  const { issuerMasterKey } = bank;
  const udk = deriveUdk({ algorithm: '3des', issuerMasterKey, pan, panSequence: PAN_SEQUENCE });
  return {
    algorithm: '3des',
    pan,
    panSequence: PAN_SEQUENCE,
    expiresOn: application.expiresOn ?? BANK_EXPIRES_ON,
    udk: toHex(udk),
    holderName: application.holder.latinName,
    issuerDiscretionaryData: '',
  };
}
