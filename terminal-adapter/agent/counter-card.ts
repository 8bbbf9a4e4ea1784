/**
 * The card as a sale sees it. The agent knows this interface only; a test or another reader can
 * stand in.
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
  finishDebit,
} from '../session/debit-session.ts';

/** Code of what went wrong between terminal and card; no card data. */
export type CardFailure = { readonly code: string };

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
  /** Gives the card the bank's answer. False: the card refuses the approval, which must go back. */
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
  /** Running number of the terminal's transactions, 1 to 99999999. */
  readonly traceNumber: number;
};

/** A card in a reader, through the card and debit sessions. One sale each. */
export function openCounterCard(options: CounterCardOptions): CounterCard {
  const { connection, clock, serial, traceNumber } = options;
  let debit: DebitAuthorisation | undefined;
  return {
    read: async () => {
      const profile = await readCard(connection);
      if (!profile.ok) return fail({ code: profile.error.code });
      const { cardId, cardNumber, cardClass, specVersion, issuedOn, expiresOn } = profile.value;
      const card = { cardId, cardNumber, cardClass, specVersion, issuedOn };
      return ok({ ...card, expiresOn: expiresOn ?? null });
    },
    prove: async ({ factor, source }) => {
      const challenge = { factor: fromHex(factor), source: fromHex(source) };
      const proof = await authenticateChip(connection, challenge);
      return proof.ok ? ok(toHex(proof.value)) : fail({ code: proof.error.code });
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
      if (!asked.ok) return fail({ code: asked.error.code });
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
      return finished.ok ? ok(finished.value.approved) : fail({ code: finished.error.code });
    },
  };
}
