/**
 * Conversations with the social-security application: read the card, have its chip prove that it is
 * genuine, and read the holder's data. Every failure is a value; the only state is the card's own.
 */

import type { CipherAlgorithm } from '../../engine/base/crypto/block-cipher.ts';
import { toHex } from '../../engine/base/crypto/bytes.ts';
import type { Result } from '../../engine/base/errors/result.ts';
import { fail, ok } from '../../engine/base/errors/result.ts';
import { type CardId, parseCardId } from '../../engine/base/ids/ids.ts';
import { isDay } from '../../engine/base/time/calendar.ts';
import { exchange } from '../apdu/exchange.ts';
import { SW_FILE_NOT_FOUND, SW_RECORD_NOT_FOUND } from '../apdu/status-word.ts';
import type { Command, CommandError } from '../commands/command.ts';
import { type ChipChallenge, internalAuthenticate } from '../commands/internal-authenticate.ts';
import { parseSsseRecord, readRecord, ssseText } from '../commands/read-record.ts';
import { SSSE_AID, selectApplication } from '../commands/select-application.ts';
import { EF05, EF06, selectFile } from '../commands/select-file.ts';
import { type VerifyPinError, verifyPin } from '../commands/verify-pin.ts';
import { type CardConnection, ReaderError, type ReaderErrorCode } from '../readers/reader.ts';

export type SessionError =
  | CommandError
  /** The reader failed, or the card was pulled. */
  | { readonly code: 'READER_FAILED'; readonly reader: ReaderErrorCode }
  /** The card has no social-security application. */
  | { readonly code: 'NOT_A_SOCIAL_SECURITY_CARD' }
  /** Its public data are not well formed. */
  | { readonly code: 'CARD_DATA_MALFORMED'; readonly what: string };

/** Public data of the card (EF05). */
export type CardProfile = {
  readonly cardId: CardId;
  readonly cardNumber: string;
  readonly cardClass: string;
  /** "3.00" */
  readonly specVersion: string;
  /** Initialising institution, 24 hex digits. */
  readonly issuer: string;
  /** "2026-01-01" */
  readonly issuedOn: string;
  /** Undefined for a card that is valid for life. */
  readonly expiresOn: string | undefined;
  /** Cipher of the social-security application. */
  readonly algorithm: CipherAlgorithm;
};

/** Personal data (EF06), readable after the PIN. */
export type HolderProfile = { readonly idNumber: string; readonly name: string };

/** More records than either file has; a card that returns more is not read any further. */
const RECORDS_MAX = 16;

/** Sends one command and reads its answer. This function alone turns reader failures into values. */
export async function runCommand<Args, Value, E>(
  connection: CardConnection,
  command: Command<Args, Value, E>,
  args: Args,
): Promise<Result<Value, E | SessionError>> {
  try {
    const transmit = (bytes: Uint8Array) => connection.transmit(bytes);
    const response = await exchange(transmit, command.getApdu(args), connection.protocol);
    return command.parseResponse(response);
  } catch (error) {
    if (error instanceof ReaderError) return fail({ code: 'READER_FAILED', reader: error.code });
    throw error;
  }
}

async function selectSocialSecurity(connection: CardConnection) {
  const selected = await runCommand(connection, selectApplication(SSSE_AID), undefined);
  const isAbsent =
    !selected.ok &&
    selected.error.code === 'STATUS_WORD' &&
    selected.error.sw === SW_FILE_NOT_FOUND;
  return isAbsent ? fail({ code: 'NOT_A_SOCIAL_SECURITY_CARD' } as const) : selected;
}

async function readFile(
  connection: CardConnection,
  fileId: number,
): Promise<Result<ReadonlyMap<string, Uint8Array>, SessionError>> {
  const file = await runCommand(connection, selectFile, fileId);
  if (!file.ok) return file;
  const values = new Map<string, Uint8Array>();
  for (let record = 1; record <= RECORDS_MAX; record++) {
    const bytes = await runCommand(connection, readRecord, { record, sfi: 0 });
    if (!bytes.ok) {
      const { error } = bytes;
      if (error.code === 'STATUS_WORD' && error.sw === SW_RECORD_NOT_FOUND) break;
      return bytes;
    }
    const parsed = parseSsseRecord(bytes.value);
    if (!parsed.ok) return fail({ code: 'CARD_DATA_MALFORMED', what: `record ${record}` });
    values.set(parsed.value.tag, parsed.value.value);
  }
  return ok(values);
}

/** Four bytes of BCD to "2026-01-01"; undefined when they are no date. */
function dateOf(value: Uint8Array | undefined): string | undefined {
  const digits = toHex(value ?? new Uint8Array(0));
  if (!/^\d{8}$/.test(digits)) return undefined;
  const date = `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
  return isDay(date) ? date : undefined;
}

/** Cards for life carry no date: zeros, or bytes that were never written. */
function isNoDate(value: Uint8Array): boolean {
  return /^(0{8}|F{8})$/.test(toHex(value));
}

function profileOf(
  values: ReadonlyMap<string, Uint8Array>,
  algorithm: CipherAlgorithm,
): Result<CardProfile, SessionError> {
  const malformed = (what: string) => fail({ code: 'CARD_DATA_MALFORMED', what } as const);
  const text = (tag: string) => ssseText(values.get(tag) ?? new Uint8Array(0)) ?? '';
  const cardId = parseCardId(toHex(values.get('01') ?? new Uint8Array(0)));
  if (cardId === undefined) return malformed('card identification code');
  const issuedOn = dateOf(values.get('05'));
  if (issuedOn === undefined) return malformed('date of issue');
  const expiry = values.get('06') ?? new Uint8Array(0);
  const expiresOn = dateOf(expiry);
  if (expiresOn === undefined && !isNoDate(expiry)) return malformed('date of expiry');
  const [cardNumber, cardClass, specVersion] = [text('07'), text('02'), text('03')];
  if (cardNumber === '' || cardClass === '' || specVersion === '') return malformed('public data');
  const issuer = toHex(values.get('04') ?? new Uint8Array(0));
  return ok({ cardId, cardNumber, cardClass, specVersion, issuer, issuedOn, expiresOn, algorithm });
}

/** Selects the social-security application and reads its public data; no PIN, no key. */
export async function readCard(
  connection: CardConnection,
): Promise<Result<CardProfile, SessionError>> {
  const selected = await selectSocialSecurity(connection);
  if (!selected.ok) return selected;
  const values = await readFile(connection, EF05);
  return values.ok ? profileOf(values.value, selected.value.algorithm) : values;
}

/**
 * The chip's answer (8 bytes) to a challenge of the engine: factor and source, 8 bytes each. The
 * terminal cannot check it and need not: it has no key.
 */
export async function authenticateChip(
  connection: CardConnection,
  challenge: ChipChallenge,
): Promise<Result<Uint8Array, SessionError>> {
  const selected = await selectSocialSecurity(connection);
  return selected.ok ? runCommand(connection, internalAuthenticate, challenge) : selected;
}

/** Checks the PIN in the chip. Six digits; three wrong entries lock the card. */
export async function verifyHolder(
  connection: CardConnection,
  pin: string,
): Promise<Result<undefined, SessionError | VerifyPinError>> {
  const selected = await selectSocialSecurity(connection);
  return selected.ok ? runCommand(connection, verifyPin, pin) : selected;
}

/**
 * Holder services: checks the PIN in the chip and reads the holder's own data. A settlement does not
 * use it, since the engine checks the medical PIN. Three wrong entries lock the card.
 */
export async function readHolder(
  connection: CardConnection,
  pin: string,
): Promise<Result<HolderProfile, SessionError | VerifyPinError>> {
  const verified = await verifyHolder(connection, pin);
  if (!verified.ok) return verified;
  const values = await readFile(connection, EF06);
  if (!values.ok) return values;
  const idNumber = ssseText(values.value.get('08') ?? new Uint8Array(0)) ?? '';
  const name = ssseText(values.value.get('09') ?? new Uint8Array(0)) ?? '';
  if (idNumber === '' || name === '') return fail({ code: 'CARD_DATA_MALFORMED', what: 'holder' });
  return ok({ idNumber, name });
}
