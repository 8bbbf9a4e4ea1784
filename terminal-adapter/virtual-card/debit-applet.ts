/**
 * Debit application of the virtual card (JR/T 0025): every transaction goes on line, and the card
 * approves (TC) only after the issuer has proved itself with a right ARPC.
 */

import { concatBytes, equalBytes, fromHex } from '../../engine/base/crypto/bytes.ts';
import {
  applicationCryptogram,
  arpc,
  pbocSessionKey,
} from '../../engine/base/crypto/emv-cryptogram.ts';
import { type CommandApdu, encodeResponse } from '../apdu/apdu.ts';
import { SW_CONDITIONS_NOT_SATISFIED, SW_OK } from '../apdu/status-word.ts';
import { PBOC_DEBIT_AID } from '../commands/select-application.ts';
import { parseDol } from '../tlv/dol.ts';
import { encodeTlv } from '../tlv/tlv.ts';
import { type Applet, answer, answerRecord, type CardMemory } from './applet.ts';
import type { DebitPersonalisation } from './personalisation.ts';

export const DEBIT_LABEL = 'PBOC DEBIT';
const PDOL = fromHex('9F1A025F2A02');
const AIP = fromHex('7C00');
/** File 1, records 1 and 2, none signed. */
const AFL = fromHex('08010200');
/** Amounts, country, TVR, currency, date, type, unpredictable number. */
const CDOL1 = fromHex('9F02069F03069F1A0295055F2A029A039C019F3704');
/** The host's response code in front of the same. */
const CDOL2 = concatBytes(fromHex('8A02'), CDOL1);
const ATC_MAX = 0xffff;

/**
 * Second byte of the card verification results: what was answered to the first and the second
 * GENERATE AC.
 */
const CVR = { online: 0xa0, declinedAtOnce: 0x80, approved: 0x60, declined: 0x20 } as const;
const CVR_ISSUER_AUTH_FAILED = 0x08;

type Online = {
  readonly step: 'online';
  readonly key: Uint8Array;
  readonly arqc: Uint8Array;
  readonly issuer: 'unchecked' | 'authentic' | 'wrong';
};

type Transaction =
  | { readonly step: 'none' | 'done' }
  | { readonly step: 'started'; readonly key: Uint8Array }
  | Online;

function dolLength(dol: Uint8Array): number {
  const entries = parseDol(dol);
  return entries.ok ? entries.value.reduce((sum, entry) => sum + entry.length, 0) : 0;
}

function recordsOf(card: DebitPersonalisation): readonly Uint8Array[] {
  const expiry = card.expiresOn.replaceAll('-', '').slice(2);
  const track2 = `${card.pan}D${expiry.slice(0, 4)}2200000000000`;
  const even = (digits: string) => fromHex(digits.length % 2 === 0 ? digits : `${digits}F`);
  const text = (value: string) => Buffer.from(value, 'latin1');
  return [
    encodeTlv(
      '70',
      encodeTlv('57', even(track2)),
      encodeTlv('5F20', text(card.holderName)),
      encodeTlv('9F1F', fromHex('00000000')),
    ),
    encodeTlv(
      '70',
      encodeTlv('5A', even(card.pan)),
      encodeTlv('5F24', fromHex(expiry)),
      encodeTlv('5F34', fromHex(card.panSequence)),
      encodeTlv('8C', CDOL1),
      encodeTlv('8D', CDOL2),
      encodeTlv('5F28', fromHex('0156')),
      encodeTlv('9F07', fromHex('FF00')),
    ),
  ];
}

/** The application while it is powered. */
type Chip = {
  readonly card: DebitPersonalisation;
  readonly memory: CardMemory;
  readonly records: readonly Uint8Array[];
  transaction: Transaction;
};

function select(chip: Chip): Uint8Array {
  chip.transaction = { step: 'none' };
  return encodeTlv(
    '6F',
    encodeTlv('84', PBOC_DEBIT_AID),
    encodeTlv(
      'A5',
      encodeTlv('50', Buffer.from(DEBIT_LABEL, 'latin1')),
      encodeTlv('87', Uint8Array.of(0x01)),
      encodeTlv('9F38', PDOL),
    ),
  );
}

function atcBytes({ memory }: Chip): Uint8Array {
  return Uint8Array.of(memory.atc >> 8, memory.atc & 0xff);
}

function start(chip: Chip, command: CommandApdu): Uint8Array {
  const length = dolLength(PDOL);
  const isRightForm = command.data[0] === 0x83 && command.data[1] === length;
  if (!isRightForm || command.data.length !== 2 + length) return encodeResponse(0x6700);
  if (chip.transaction.step !== 'none' || chip.memory.atc >= ATC_MAX) {
    return encodeResponse(SW_CONDITIONS_NOT_SATISFIED);
  }
  chip.memory.atc += 1;
  const { algorithm, udk } = chip.card;
  const key = pbocSessionKey({ algorithm, udk: fromHex(udk), atc: atcBytes(chip) });
  chip.transaction = { step: 'started', key };
  return answer(encodeTlv('80', AIP, AFL), command.le);
}

type Verdict = { readonly cid: number; readonly cvr: number };

/**
 * Template 77 with the cryptogram over the terminal's data, AIP, ATC and card verification results.
 */
function cryptogram(chip: Chip, verdict: Verdict, key: Uint8Array, terminalData: Uint8Array) {
  const { algorithm, issuerDiscretionaryData } = chip.card;
  const cvr = Uint8Array.of(0x03, verdict.cvr, 0x00, 0x02);
  const data = concatBytes(terminalData, AIP, atcBytes(chip), cvr);
  const value = applicationCryptogram({ algorithm, key, data });
  const cipherId = Uint8Array.of(algorithm === 'sm4' ? 0x04 : 0x01);
  const template = encodeTlv(
    '77',
    encodeTlv('9F27', Uint8Array.of(verdict.cid)),
    encodeTlv('9F36', atcBytes(chip)),
    encodeTlv('9F26', value),
    encodeTlv('9F10', fromHex('070101'), cvr, cipherId, fromHex(issuerDiscretionaryData)),
  );
  return { value, template };
}

function firstAc(chip: Chip, command: CommandApdu, key: Uint8Array): Uint8Array {
  if (command.data.length !== dolLength(CDOL1)) return encodeResponse(0x6700);
  const isDeclined = (command.p1 & 0xc0) === 0;
  // A request to approve off line is answered with ARQC: this card never approves alone.
  const verdict = isDeclined
    ? { cid: 0x00, cvr: CVR.declinedAtOnce }
    : { cid: 0x80, cvr: CVR.online };
  const { value, template } = cryptogram(chip, verdict, key, command.data);
  chip.transaction = isDeclined
    ? { step: 'done' }
    : { step: 'online', key, arqc: value, issuer: 'unchecked' };
  return answer(template, command.le);
}

function secondAc(chip: Chip, command: CommandApdu, online: Online): Uint8Array {
  if (command.data.length !== dolLength(CDOL2)) return encodeResponse(0x6700);
  const isApproved = (command.p1 & 0xc0) === 0x40 && online.issuer === 'authentic';
  const failed = online.issuer === 'wrong' ? CVR_ISSUER_AUTH_FAILED : 0;
  const verdict = isApproved
    ? { cid: 0x40, cvr: CVR.approved }
    : { cid: 0x00, cvr: CVR.declined | failed };
  chip.transaction = { step: 'done' };
  const { template } = cryptogram(chip, verdict, online.key, command.data.subarray(2));
  return answer(template, command.le);
}

function generateAc(chip: Chip, command: CommandApdu): Uint8Array {
  const { transaction } = chip;
  if (transaction.step === 'started') return firstAc(chip, command, transaction.key);
  if (transaction.step === 'online') return secondAc(chip, command, transaction);
  return encodeResponse(SW_CONDITIONS_NOT_SATISFIED);
}

function authenticateIssuer(chip: Chip, command: CommandApdu): Uint8Array {
  const { transaction } = chip;
  if (transaction.step !== 'online' || transaction.issuer !== 'unchecked') {
    return encodeResponse(SW_CONDITIONS_NOT_SATISFIED);
  }
  if (command.data.length !== 10) return encodeResponse(0x6700);
  const { key, arqc } = transaction;
  const arc = command.data.subarray(8);
  const expected = arpc({ algorithm: chip.card.algorithm, key, arqc, arc });
  const isAuthentic = equalBytes(expected, command.data.subarray(0, 8));
  chip.transaction = { ...transaction, issuer: isAuthentic ? 'authentic' : 'wrong' };
  return encodeResponse(isAuthentic ? SW_OK : 0x6300);
}

function process(chip: Chip, command: CommandApdu): Uint8Array {
  switch (command.ins) {
    case 0xa8:
      return start(chip, command);
    case 0xb2:
      return command.p2 === 0x0c ? answerRecord(chip.records, command) : encodeResponse(0x6a86);
    case 0xae:
      return generateAc(chip, command);
    case 0x82:
      return authenticateIssuer(chip, command);
    default:
      return encodeResponse(0x6d00);
  }
}

/** The applet; the ATC lives in the card's memory. */
export function createDebitApplet(card: DebitPersonalisation, memory: CardMemory): Applet {
  const chip: Chip = { card, memory, records: recordsOf(card), transaction: { step: 'none' } };
  return {
    name: PBOC_DEBIT_AID,
    select: () => select(chip),
    process: (command) => process(chip, command),
  };
}
