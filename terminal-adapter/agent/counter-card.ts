/**
 * The card as a settlement uses it. The agent knows this interface only, so tests replace it.
 */

import { fromHex, toHex } from '../../engine/base/crypto/bytes.ts';
import type { Result } from '../../engine/base/errors/result.ts';
import { fail, invariant, ok } from '../../engine/base/errors/result.ts';
import type { Fen } from '../../engine/base/money/fen.ts';
import { isoTime } from '../../engine/base/time/calendar.ts';
import type { CardBody } from '../../engine/contract/card.ts';
import type { BankDebitBody } from '../../engine/contract/settlement.ts';
import type { TerminalClock } from '../client/engine-client.ts';
import type { CardConnection } from '../readers/reader.ts';
import { authenticateChip, readCard } from '../session/card-session.ts';
import {
  authoriseDebit,
  COUNTER_TERMINAL,
  type DebitAuthorisation,
  type DebitError,
  finishDebit,
} from '../session/debit-session.ts';
import type { CardFailureCode } from './advice.ts';

/** What went wrong between terminal and card; it holds no card data. */
export type CardFailure = { readonly code: CardFailureCode };

/** What the bank needs of its card; hex where it is binary. */
export type BankDebitData = Omit<BankDebitBody, 'kind' | 'expected' | 'pinBlock'>;

export type CounterCard = {
  read(): Promise<Result<CardBody, CardFailure>>;
  /** The chip's answer to factor and source (8 bytes each); all hex. */
  prove(challenge: {
    readonly factor: string;
    readonly source: string;
  }): Promise<Result<string, CardFailure>>;
  /** An authorisation request of the bank application. */
  authorise(amount: Fen): Promise<Result<BankDebitData, CardFailure>>;
  /** Gives the card the bank's answer. False: the card refuses the approval, so it must be refunded. */
  finish(answer: {
    readonly responseCode: string;
    readonly issuerAuthData: string | undefined;
  }): Promise<Result<boolean, CardFailure>>;
};

/** Chip, online PIN: point of service entry mode of field 22. */
const CHIP_WITH_PIN = '051';

export type CounterCardOptions = {
  readonly connection: CardConnection;
  readonly clock: TerminalClock;
  /** Eight ASCII characters: serial of the terminal (9F1E). */
  readonly serial: string;
  /** Running number of the terminal's transactions (9F41), 1 to 99999999. */
  readonly traceNumber: number;
};

/** A card in a reader, through the card and debit sessions, for one settlement. */
export function openCounterCard(options: CounterCardOptions): CounterCard {
  const { connection, clock, serial, traceNumber } = options;
  let debit: DebitAuthorisation | undefined;
  return {
    read: async () => {
      const profile = await readCard(connection);
      if (!profile.ok) return fail(failureOf(profile.error));
      const { cardId, cardNumber, cardClass, specVersion, issuedOn, expiresOn } = profile.value;
      const card = { cardId, cardNumber, cardClass, specVersion, issuedOn };
      return ok({ ...card, expiresOn: expiresOn ?? null });
    },
    prove: async ({ factor, source }) => {
      const challenge = { factor: fromHex(factor), source: fromHex(source) };
      const proof = await authenticateChip(connection, challenge);
      return proof.ok ? ok(toHex(proof.value)) : fail(failureOf(proof.error));
    },
    authorise: async (amountFen) => {
      const local = isoTime(clock.now());
      const asked = await authoriseDebit(connection, {
        amountFen,
        date: local.slice(0, 10),
        time: local.slice(11, 19),
        unpredictableNumber: clock.randomBytes(4),
        traceNumber,
        terminal: { ...COUNTER_TERMINAL, serial },
      });
      if (!asked.ok) return fail(failureOf(asked.error));
      debit = asked.value;
      const { pan, panSequence, expiry, track2, field55 } = asked.value;
      const chipData = toHex(field55);
      return ok({ pan, panSequence, expiry, track2, chipData, entryMode: CHIP_WITH_PIN });
    },
    finish: async ({ responseCode, issuerAuthData }) => {
      invariant(debit !== undefined, 'a debit is finished after it was authorised');
      const finished = await finishDebit(connection, {
        debit,
        responseCode,
        issuerAuthData: issuerAuthData === undefined ? undefined : fromHex(issuerAuthData),
      });
      return finished.ok ? ok(finished.value.approved) : fail(failureOf(finished.error));
    },
  };
}

/** The reader's own code is more exact than READER_FAILED. */
function failureOf(error: DebitError): CardFailure {
  return { code: error.code === 'READER_FAILED' ? error.reader : error.code };
}
