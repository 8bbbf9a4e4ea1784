import { createSecretKey } from 'node:crypto';
import type { Card, CardStatus, ChipAlgorithm } from '../../domain/card/card.ts';
import { deriveCardKey } from '../../domain/chip/card-key.ts';
import { deriveUdk } from '../../domain/chip/emv-cryptogram.ts';
import { shardOf } from '../../domain/ids/ids.ts';
import type { Fen } from '../../domain/money/fen.ts';
import { makePinVerifier } from '../../ops/file-keystore.ts';
import type { KeystoreSecrets } from '../../ops/file-keystore.ts';
import type { BankKeys } from '../keys/sandbox-keys.ts';
import type { BankAccount, CardHolder, CardPersonalisation } from './card-personalisation.ts';
import {
  sandboxCardId,
  sandboxCardNumber,
  sandboxPan,
  sandboxPersonNo,
} from './sandbox-numbers.ts';

/** What the holder's application form and the bank's contract say. */
export type CardApplication = {
  readonly serial: number;
  /** Issuing region, six digits. */
  readonly region: string;
  readonly holder: CardHolder;
  readonly algorithm: ChipAlgorithm;
  /** ISO dates. */
  readonly issuedOn: string;
  readonly expiresOn: string | undefined;
  readonly status: CardStatus;
  /** ms; for `oral-loss`. */
  readonly oralLossUntil: number | undefined;
  readonly medicalPin: string;
  readonly bankPin: string;
  readonly bankBalance: Fen;
};

/** One card, in the three places that know of it. */
export type IssuedCard = {
  /** For the chip: all its secrets. */
  readonly personalisation: CardPersonalisation;
  /** For the engine: the PIN's verifier, never the PIN. */
  readonly card: Card;
  /** For the bank. */
  readonly bankAccount: BankAccount;
};

/** Both key systems: only the issuing centre of the sandbox, which plays both offices, sees them together. */
export type IssuingKeys = { readonly engine: KeystoreSecrets; readonly bank: BankKeys };

const PERSONAL_CARD_CLASS = '1';
const PAN_SEQUENCE = '01';
/** Cards without an end date have one in their bank application all the same. */
const BANK_EXPIRY = '3612';

/**
 * Personalises a card. Deterministic: the same application and keys give the same card, so a virtual
 * card can be made again at any time and need not be stored.
 */
export function issueCard(application: CardApplication, keys: IssuingKeys): IssuedCard {
  const { serial, region, algorithm, expiresOn } = application;
  const cardId = sandboxCardId(region, serial);
  const personNo = sandboxPersonNo(region, serial);
  const pan = sandboxPan(serial);
  const presented = {
    cardId,
    cardNumber: sandboxCardNumber(serial),
    cardClass: PERSONAL_CARD_CLASS,
    specVersion: algorithm === 'sm4' ? '3.00' : '2.00',
    expiresOn,
    algorithm,
  };
  const expiry = expiresOn === undefined ? BANK_EXPIRY : expiresOn.slice(2, 4) + expiresOn.slice(5, 7);
  const bank = { pan, panSequence: PAN_SEQUENCE, expiry };
  return {
    personalisation: {
      ...presented,
      issuer: `9156${region}`.padEnd(24, '0'),
      issuedOn: application.issuedOn,
      cardKey: deriveCardKey({ algorithm, masterKey: keys.engine.cardMasterKeys[algorithm], cardId }),
      medicalPin: application.medicalPin,
      holder: application.holder,
      bank: { ...bank, udk: bankCardKey(keys.bank, pan) },
    },
    card: {
      ...presented,
      key: { shard: shardOf(personNo), personNo },
      status: application.status,
      oralLossUntil: application.oralLossUntil,
      pinVerifier: medicalPinVerifier(keys.engine, cardId, application.medicalPin),
      pinWrongTries: 0,
      lastChallenge: 0,
      lastAtc: 0,
    },
    bankAccount: { ...bank, pin: application.bankPin, balance: application.bankBalance },
  };
}

function medicalPinVerifier(engine: KeystoreSecrets, cardId: Card['cardId'], pin: string): string {
  return makePinVerifier(createSecretKey(engine.pinVerifierKey), cardId, Buffer.from(pin, 'latin1'));
}

function bankCardKey(bank: BankKeys, pan: string): Uint8Array {
  const { issuerMasterKey } = bank;
  return deriveUdk({ algorithm: '3des', issuerMasterKey, pan, panSequence: PAN_SEQUENCE });
}
