/**
 * The bank application in one settlement: an authorisation request that only this card can make, and
 * the card's final cryptogram after the bank's answer. Always on line; RMB debit only, so no other
 * application is ever selected.
 */

import { isApprovalCode } from '../../engine/base/bank/response-codes.ts';
import { concatBytes, fromHex, toHex } from '../../engine/base/crypto/bytes.ts';
import type { Result } from '../../engine/base/errors/result.ts';
import { fail, invariant, ok } from '../../engine/base/errors/result.ts';
import type { Fen } from '../../engine/base/money/fen.ts';
import { externalAuthenticate } from '../commands/external-authenticate.ts';
import { type ApplicationCryptogram, generateAc } from '../commands/generate-ac.ts';
import {
  getProcessingOptions,
  type ProcessingOptions,
} from '../commands/get-processing-options.ts';
import { readRecord } from '../commands/read-record.ts';
import { PBOC_DEBIT_AID, selectApplication } from '../commands/select-application.ts';
import type { CardConnection } from '../readers/reader.ts';
import { type DolEntry, fillDol, parseDol } from '../tlv/dol.ts';
import { encodeTlv, findTag, parseTlv, type Tlv } from '../tlv/tlv.ts';
import { runCommand, type SessionError } from './card-session.ts';

/** Facts of the terminal that enter field 55; hex unless stated otherwise. */
export type DebitTerminal = {
  /** Serial of the card interface, eight ASCII characters (9F1E). */
  readonly serial: string;
  /** Terminal capabilities (9F33). */
  readonly capabilities: string;
  /** Terminal type (9F35): 22 attended, on line and off line, merchant. */
  readonly type: string;
  /** Application version (9F09). */
  readonly applicationVersion: string;
  /** How the holder was verified (9F34): 420300 is the PIN checked on line. */
  readonly holderVerification: string;
  /** Terminal verification results (95). */
  readonly verificationResults: string;
};

/** A counter terminal with an online PIN. 9F33 and 95 say that there is no offline data authentication. */
export const COUNTER_TERMINAL: Omit<DebitTerminal, 'serial'> = {
  capabilities: 'E0F0C8',
  type: '22',
  applicationVersion: '0020',
  holderVerification: '420300',
  verificationResults: '8000040000',
};

export type DebitRequest = {
  readonly amountFen: Fen;
  /** Local date and time of the debit: "2026-11-22", "12:34:56". */
  readonly date: string;
  readonly time: string;
  /** Four fresh random bytes. */
  readonly unpredictableNumber: Uint8Array;
  /** Running number of the terminal's transactions (9F41), 1 to 99999999. */
  readonly traceNumber: number;
  readonly terminal: DebitTerminal;
};

/** The card's authorisation request. The engine gets it, and `finishDebit` needs it again. */
export type DebitAuthorisation = {
  readonly pan: string;
  /** Two digits, "00" when the card has none. */
  readonly panSequence: string;
  /** "3012": year and month, as field 14 carries it. */
  readonly expiry: string;
  /** Track 2 equivalent data: PAN, "D", expiry, service code, discretionary digits. */
  readonly track2: string;
  /** Application transaction counter, 1 to 65535. */
  readonly atc: number;
  /** TLV objects of field 55, in the order in which UnionPay terminals send them. */
  readonly field55: Uint8Array;
  /** What the card asks for at the end (CDOL2), and what the terminal knows. Not for the wire. */
  readonly closing: {
    readonly cdol2: readonly DolEntry[];
    readonly values: ReadonlyMap<string, Uint8Array>;
  };
};

export type DebitError =
  | SessionError
  /** The chip refused to ask the bank (AAC): no money may move. */
  | { readonly code: 'CARD_DECLINED' };

export type DebitOutcome = {
  /** False: the chip refused although the bank may have approved; the settlement must be refunded. */
  readonly approved: boolean;
  /** Cryptogram of the closing TC or AAC, 8 bytes. */
  readonly cryptogram: Uint8Array;
};

const FIELD55_ORDER =
  '9F26 9F27 9F10 9F37 9F36 95 9A 9C 9F02 5F2A 82 9F1A 9F03 9F33 9F34 9F35 9F1E 84 9F09 9F41'.split(
    ' ',
  );
const YUAN = '0156';
const ISSUER_AUTH_FAILED = 0x40;

const malformed = (what: string) => fail({ code: 'CARD_DATA_MALFORMED', what } as const);

function terminalValues(request: DebitRequest): Map<string, Uint8Array> {
  const { terminal, amountFen } = request;
  const amount = amountFen.toString().padStart(12, '0');
  invariant(/^\d{12}$/.test(amount), 'the amount of a debit has at most 12 digits');
  invariant(request.unpredictableNumber.length === 4, 'the unpredictable number has 4 bytes');
  invariant(/^[ -~]{8}$/.test(terminal.serial), 'the serial has 8 ASCII characters');
  const hex: readonly (readonly [string, string])[] = [
    ['9F02', amount],
    ['9F03', '000000000000'],
    ['9F1A', YUAN],
    ['5F2A', YUAN],
    ['9A', request.date.replaceAll('-', '').slice(2)],
    ['9F21', request.time.replaceAll(':', '')],
    ['9C', '00'],
    ['95', terminal.verificationResults],
    ['9F33', terminal.capabilities],
    ['9F34', terminal.holderVerification],
    ['9F35', terminal.type],
    ['9F09', terminal.applicationVersion],
    ['9F41', String(request.traceNumber).padStart(8, '0')],
    ['84', toHex(PBOC_DEBIT_AID)],
  ];
  return new Map<string, Uint8Array>([
    ...hex.map(([tag, text]) => [tag, fromHex(text)] as const),
    ['9F37', request.unpredictableNumber],
    ['9F1E', Buffer.from(terminal.serial, 'latin1')],
  ]);
}

async function startTransaction(
  connection: CardConnection,
  values: ReadonlyMap<string, Uint8Array>,
): Promise<Result<ProcessingOptions, SessionError>> {
  const selected = await runCommand(connection, selectApplication(PBOC_DEBIT_AID), undefined);
  if (!selected.ok) return selected;
  const pdol = parseDol(selected.value.pdol ?? new Uint8Array(0));
  if (!pdol.ok) return malformed('PDOL');
  return runCommand(connection, getProcessingOptions, fillDol(pdol.value, values));
}

async function readRecords(
  connection: CardConnection,
  options: ProcessingOptions,
): Promise<Result<readonly Tlv[], SessionError>> {
  const objects: Tlv[] = [];
  for (const address of options.records) {
    const record = await runCommand(connection, readRecord, address);
    if (!record.ok) return record;
    const parsed = parseTlv(record.value);
    if (!parsed.ok) return malformed(`record ${address.record} of file ${address.sfi}`);
    objects.push(...parsed.value);
  }
  return ok(objects);
}

/** The part of the card's records that the bank and `finishDebit` need. */
function bankData(objects: readonly Tlv[]) {
  const hex = (tag: string) => toHex(findTag(objects, tag) ?? new Uint8Array(0));
  const pan = hex('5A').replace(/F+$/, '');
  const track2 = hex('57').replace(/F+$/, '');
  const expiry = hex('5F24').slice(0, 4);
  const cdol1 = parseDol(findTag(objects, '8C') ?? new Uint8Array(0));
  const cdol2 = parseDol(findTag(objects, '8D') ?? new Uint8Array(0));
  const isReadable =
    /^\d{12,19}$/.test(pan) && /^\d{4}$/.test(expiry) && track2.startsWith(`${pan}D${expiry}`);
  if (!isReadable || !cdol1.ok || !cdol2.ok) return undefined;
  if (cdol1.value.length === 0 || cdol2.value.length === 0) return undefined;
  const panSequence = hex('5F34') === '' ? '00' : hex('5F34');
  return { pan, panSequence, expiry, track2, cdol1: cdol1.value, cdol2: cdol2.value };
}

function field55(values: ReadonlyMap<string, Uint8Array>, ac: ApplicationCryptogram): Uint8Array {
  const all = new Map([
    ...values,
    ['9F26', ac.cryptogram] as const,
    ['9F27', ac.cid] as const,
    ['9F10', ac.issuerData] as const,
    ['9F36', ac.atc] as const,
  ]);
  return concatBytes(
    ...FIELD55_ORDER.map((tag) => encodeTlv(tag, all.get(tag) ?? new Uint8Array(0))),
  );
}

/**
 * Has the bank application ask for authorisation of `amountFen`. The card's counter rises, whatever
 * follows.
 */
export async function authoriseDebit(
  connection: CardConnection,
  request: DebitRequest,
): Promise<Result<DebitAuthorisation, DebitError>> {
  const values = terminalValues(request);
  const options = await startTransaction(connection, values);
  if (!options.ok) return options;
  values.set('82', options.value.aip);
  const objects = await readRecords(connection, options.value);
  if (!objects.ok) return objects;
  const card = bankData(objects.value);
  if (card === undefined) return malformed('bank application');
  const data = fillDol(card.cdol1, values);
  const ac = await runCommand(connection, generateAc, { kind: 'ARQC', data });
  if (!ac.ok) return ac;
  if (ac.value.kind === 'AAC') return fail({ code: 'CARD_DECLINED' });
  // A card may only lower what it is asked for: a TC in answer to an ARQC is a fault.
  if (ac.value.kind === 'TC') return malformed('cryptogram kind');
  const { pan, panSequence, expiry, track2, cdol2 } = card;
  const [high = 0, low = 0] = ac.value.atc;
  return ok({
    pan,
    panSequence,
    expiry,
    track2,
    atc: high * 256 + low,
    field55: field55(values, ac.value),
    closing: { cdol2, values },
  });
}

/** The bank's answer, as the terminal got it. */
export type DebitAnswer = {
  readonly debit: DebitAuthorisation;
  /** Field 39, two characters. */
  readonly responseCode: string;
  /** Tag 91 of the answer's field 55: ARPC and response code. Undefined when the bank sent none. */
  readonly issuerAuthData: Uint8Array | undefined;
};

/** Does the card accept the bank's cryptogram? Data of a wrong length cannot be the bank's. */
async function authenticateIssuer(
  connection: CardConnection,
  issuerAuthData: Uint8Array,
): Promise<Result<boolean, SessionError>> {
  if (issuerAuthData.length < 8 || issuerAuthData.length > 16) return ok(false);
  const issuer = await runCommand(connection, externalAuthenticate, issuerAuthData);
  if (issuer.ok) return ok(true);
  return issuer.error.code === 'ISSUER_NOT_AUTHENTIC' ? ok(false) : fail(issuer.error);
}

/**
 * Gives the card the bank's answer and asks for its final cryptogram. A card that cannot verify the bank
 * declines, even if the terminal was told that the bank approved.
 */
export async function finishDebit(
  connection: CardConnection,
  answer: DebitAnswer,
): Promise<Result<DebitOutcome, DebitError>> {
  const { debit, responseCode, issuerAuthData } = answer;
  invariant(/^[0-9A-Z]{2}$/.test(responseCode), 'a response code has 2 characters');
  const values = new Map(debit.closing.values);
  values.set('8A', Buffer.from(responseCode, 'latin1'));
  if (issuerAuthData !== undefined) {
    const issuer = await authenticateIssuer(connection, issuerAuthData);
    if (!issuer.ok) return issuer;
    const results = values.get('95') ?? new Uint8Array(5);
    if (!issuer.value) values.set('95', results.with(4, (results[4] ?? 0) | ISSUER_AUTH_FAILED));
  }
  const kind = isApprovalCode(responseCode) ? 'TC' : 'AAC';
  const data = fillDol(debit.closing.cdol2, values);
  const ac = await runCommand(connection, generateAc, { kind, data });
  if (!ac.ok) return ac;
  return ok({ approved: ac.value.kind === 'TC', cryptogram: ac.value.cryptogram });
}
