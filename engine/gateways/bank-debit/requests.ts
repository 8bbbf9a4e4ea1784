/**
 * Builds messages from the port's requests. The fields follow the UnionPay POS interface as public terminal
 * sources show it. The codec reports malformed values.
 */

import { readChipTags, writeChipTags } from '../../base/crypto/chip-tags.ts';
import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import type { Fen } from '../../base/money/fen.ts';
import type {
  BankCardReference,
  BankDebit,
  BankRefund,
  BankReversal,
  BankTrace,
  BankVoid,
} from '../../ports/bank.ts';
import type { Message } from './wire/message-spec.ts';

/** Double-length DES; the PIN block bound to the card number (53.1 = 2), bound to none (1), or no PIN (0). */
const SECURITY_WITH_PIN = '2600000000000000';
const SECURITY_WITH_UNBOUND_PIN = '1600000000000000';
const SECURITY_WITHOUT_PIN = '0600000000000000';
/** Sign-in for double-length keys. */
const NETWORK_DOUBLE_LENGTH_KEYS = '003';
/** 60.3 to 60.5: no network function, a chip terminal, the chip was read. */
const CHIP_TERMINAL = '00060';
const YUAN = '156';
const PIN_DIGITS_MAX = '12';
const REVERSAL_TAGS = ['95', '9F1E', '9F10', '9F36'];

const digits = (value: number | bigint, length: number) => value.toString().padStart(length, '0');
const amountField = (amount: Fen) => digits(amount, 12);

/** Field 53 of a sale, and of its reversal. */
function securityOfSale({
  pinWithoutPan = false,
}: {
  readonly pinWithoutPan?: boolean | undefined;
}) {
  return pinWithoutPan ? SECURITY_WITH_UNBOUND_PIN : SECURITY_WITH_PIN;
}

type Fields = Record<number, string>;

/** Fields of every message: terminal, trace and field 60. */
function traceFields(trace: BankTrace, type: string, tail: string): Fields {
  return {
    11: digits(trace.stan, 6),
    41: trace.terminalId,
    42: trace.merchantId,
    60: type + digits(trace.batch, 6) + tail,
  };
}

function cardFields(card: Omit<BankCardReference, 'chipData'>): Fields {
  return {
    2: card.pan,
    14: card.expiry,
    22: card.entryMode,
    23: card.panSequence.padStart(3, '0'),
    25: '00',
    49: YUAN,
  };
}

/** 0800: requests new work keys. */
export function signInMessage(trace: BankTrace): Message {
  return {
    mti: '0800',
    fields: { ...traceFields(trace, '00', NETWORK_DOUBLE_LENGTH_KEYS), 63: '01 ' },
  };
}

/** 0200, processing code 000000. */
export function saleMessage(sale: BankDebit): Message {
  return {
    mti: '0200',
    fields: {
      ...traceFields(sale, '22', CHIP_TERMINAL),
      ...cardFields(sale),
      3: '000000',
      4: amountField(sale.amount),
      26: PIN_DIGITS_MAX,
      ...(sale.track2 === undefined ? {} : { 35: sale.track2 }),
      52: sale.pinBlock.toUpperCase(),
      53: securityOfSale(sale),
      ...(sale.chipData === '' ? {} : { 55: sale.chipData.toUpperCase() }),
    },
  };
}

/** 0200, processing code 200000; field 61 names the sale. */
export function voidMessage(request: BankVoid): Message {
  return {
    mti: '0200',
    fields: {
      ...traceFields(request, '23', CHIP_TERMINAL),
      ...cardFields(request.card),
      3: '200000',
      4: amountField(request.amount),
      37: request.originalRrn,
      ...(request.originalAuthCode === undefined ? {} : { 38: request.originalAuthCode }),
      53: SECURITY_WITHOUT_PIN,
      61: originalField(request.original),
    },
  };
}

/** 0220, processing code 200000; field 61 carries the day of the sale, field 37 its reference. */
export function refundMessage(request: BankRefund): Message {
  return {
    mti: '0220',
    fields: {
      ...traceFields(request, '25', CHIP_TERMINAL),
      ...cardFields(request.card),
      3: '200000',
      4: amountField(request.amount),
      37: request.originalRrn,
      53: SECURITY_WITHOUT_PIN,
      61: `000000000000${request.originalDate}`,
      63: '000',
    },
  };
}

/** 0400 with the trace of the original; no PIN block and no track. */
export function reversalMessage(request: BankReversal): Message {
  const ofSale = request.kind === 'sale';
  return {
    mti: '0400',
    fields: {
      ...traceFields(request, ofSale ? '22' : '23', CHIP_TERMINAL),
      ...cardFields(request.card),
      3: ofSale ? '000000' : '200000',
      4: amountField(request.amount),
      ...(request.authCode === undefined ? {} : { 38: request.authCode }),
      39: request.reason,
      53: ofSale ? securityOfSale(request.card) : SECURITY_WITHOUT_PIN,
      ...(request.card.chipData === '' ? {} : { 55: request.card.chipData }),
      ...(request.original === undefined ? {} : { 61: originalField(request.original) }),
    },
  };
}

/** Card data of a sale that its reversal or refund needs. */
export function createCardReference(sale: BankDebit): Result<BankCardReference, 'malformed'> {
  const tags = readChipTags(sale.chipData);
  if (!tags.ok) return fail('malformed');
  const { pan, panSequence, expiry, entryMode } = sale;
  return ok({
    pan,
    panSequence,
    expiry,
    entryMode,
    chipData: writeChipTags(tags.value, REVERSAL_TAGS),
    ...(sale.pinWithoutPan === true && { pinWithoutPan: true }),
  });
}

function originalField(original: { readonly stan: number; readonly batch: number }): string {
  return digits(original.batch, 6) + digits(original.stan, 6);
}
