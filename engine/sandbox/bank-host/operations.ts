/**
 * Sale, void and refund at the issuer. Each trace is decided once; a repetition gets the first answer
 * again.
 */
import { fromHex } from '../../base/crypto/bytes.ts';
import { decryptPinBlock0 } from '../../base/crypto/pin-block.ts';
import type { Fen } from '../../base/money/fen.ts';
import { fen, ZERO } from '../../base/money/fen.ts';
import type { Message } from '../../gateways/bank-debit/wire/message-spec.ts';
import type { Environment } from '../../ports/environment.ts';
import { isLost } from '../bank-cards/take-message.ts';
import type { Ruling } from './answer.ts';
import { answerTo, shanghaiTime } from './answer.ts';
import type { Books } from './books.ts';
import type { CardRecord, Operation, Trace, WorkKeyPair } from './books-rows.ts';
import type { ProvenChip } from './chip-check.ts';
import { checkChip } from './chip-check.ts';
import type { BankHostKeys } from './host-keys.ts';
import { pinVerifier } from './host-keys.ts';

export const PIN_TRIES = 3;

export type HostContext = {
  readonly books: Books;
  readonly keys: BankHostKeys;
  readonly clock: Pick<Environment, 'now' | 'randomBytes'>;
  /** Of this request only: see `answerTo`. */
  readonly approvalCode?: string | undefined;
};

/** The ruling on a void or refund, with its original. */
type OriginalRuling = { readonly code: string; readonly original?: Operation };

/** Terminal, batch and trace number of a message. */
export function readTrace({ fields }: Message): Trace {
  return {
    terminalId: fields[41] ?? '',
    batch: fields[60]?.slice(2, 8) ?? '',
    stan: fields[11] ?? '',
  };
}

/** Field 4 as fen. */
export function amountIn({ fields }: Message): Fen {
  return fen(BigInt(fields[4] ?? '0'));
}

export const cardAccount = (pan: string): string => `card:${pan}`;
export const merchantAccount = (merchantId: string): string => `merchant:${merchantId}`;

/**
 * 应答码 that decide an operation. Not included: codes of a host that does not know the outcome (68, 91, 96
 * …), and codes about one copy of the message (03, 30, 58, 77, 97, 99, A0).
 */
const decisions: ReadonlySet<string> = new Set([
  ...'01 04 05 07 12 13 14 15 22 25 33 34 35 36 37 38 40 41 42'.split(' '),
  ...'43 45 51 54 55 57 59 60 61 62 63 64 65 75 79'.split(' '),
]);

/** Does a host with this answer give it again when the message is repeated? */
export function isDecision(code: string): boolean {
  return decisions.has(code);
}

/**
 * Decides a 0200 or 0220 with a good MAC. `pair`: the work keys of the message. `declineWith`: a code to
 * decline with instead, unless the message is a repetition.
 */
export function operate(
  context: HostContext,
  message: Message,
  pair: WorkKeyPair,
  declineWith?: string,
): Message {
  const before = context.books.findOperation(readTrace(message));
  if (before !== undefined) return answerRepeated(context, message, before);
  const kind = kindOf(message);
  if (kind === undefined) return answerTo(context, message, { code: '40' });
  if (declineWith !== undefined)
    return record(context, message, {
      kind,
      code: declineWith,
      chip: undefined,
      original: undefined,
    });
  if (kind === 'sale') {
    const ruling = ruleSale(context, message, pair);
    return record(context, message, {
      kind,
      code: ruling.code,
      chip: ruling.chip,
      original: undefined,
    });
  }
  const ruling = kind === 'void' ? ruleVoid(context, message) : ruleRefund(context, message);
  return record(context, message, { kind, ...ruling, chip: undefined, original: ruling.original });
}

function kindOf({ mti, fields }: Message): 'sale' | 'void' | 'refund' | undefined {
  if (mti === '0220') return fields[3] === '200000' ? 'refund' : undefined;
  if (fields[3] === '000000') return 'sale';
  return fields[3] === '200000' ? 'void' : undefined;
}

/** The answer to a known trace: its first answer, unless it was reversed since or the content differs. */
function answerRepeated(context: HostContext, message: Message, before: Operation): Message {
  if (before.state === 'reversed') return answerTo(context, message, { code: '12' });
  const same =
    before.kind === kindOf(message) &&
    before.amount === amountIn(message) &&
    before.pan === message.fields[2];
  if (!same) return answerTo(context, message, { code: '94' });
  const mti = message.mti === '0220' ? '0230' : '0210';
  return { mti, fields: before.answer };
}

type Decided = {
  readonly kind: 'sale' | 'void' | 'refund';
  readonly code: string;
  readonly chip: ProvenChip | undefined;
  readonly original: Operation | undefined;
};

/** Stores the operation with its answer, and posts it if approved. */
function record(context: HostContext, message: Message, decided: Decided): Message {
  const { books } = context;
  const trace = readTrace(message);
  const answer = answerTo(context, message, { code: decided.code, chip: decided.chip });
  const isApproved = decided.code === '00';
  const operation: Operation = {
    ...trace,
    kind: decided.kind,
    state: isApproved ? 'approved' : 'declined',
    merchantId: message.fields[42] ?? '',
    pan: message.fields[2] ?? '',
    amount: amountIn(message),
    refunded: ZERO,
    rrn: answer.fields[37] ?? '',
    sale: decided.original?.sale ?? { batch: trace.batch, stan: trace.stan },
    answer: answer.fields,
  };
  books.addOperation(operation);
  if (isApproved) post(books, operation, decided.original);
  return answer;
}

function post(books: Books, operation: Operation, original: Operation | undefined): void {
  const { amount, terminalId, sale } = operation;
  const customer = books.accountOfCard(operation.pan);
  const merchant = merchantAccount(operation.merchantId);
  if (operation.kind === 'sale') {
    books.post({ from: customer, to: merchant, amount, terminalId, sale });
    return;
  }
  books.post({ from: merchant, to: customer, amount, terminalId, sale });
  if (original === undefined) return;
  if (operation.kind === 'void') books.setState(original, 'voided');
  else books.addRefunded(original, amount);
}

function ruleSale(context: HostContext, message: Message, pair: WorkKeyPair): Ruling {
  const { books, keys, clock } = context;
  const { fields } = message;
  const card = books.findCard(fields[2] ?? '');
  if (card === undefined) return { code: '14' };
  const chip = checkChip(keys, card, fields[55] ?? '');
  if (chip === undefined || chip.atc <= card.lastAtc) return { code: '05' };
  books.setLastAtc(card.pan, chip.atc);
  if (chip.amount !== fields[4]) return { code: '05' };
  const refusal = serviceRefusal(books, card) ?? cardRefusal(card, fields[14] ?? '', clock.now());
  if (refusal !== undefined) return { code: refusal, chip };
  const pinRefusal = checkPin(context, card, {
    block: fields[52] ?? '',
    pik: pair.pik,
    isBound: fields[53]?.charAt(0) !== '1',
  });
  if (pinRefusal !== undefined) return { code: pinRefusal, chip };
  const amount = amountIn(message);
  if (amount === ZERO) return { code: '13', chip };
  return { code: books.balanceOf(card.account) < amount ? '51' : '00', chip };
}

/**
 * What the card service says of the card (金融账户 state); cards that it does not know are of other products.
 */
function serviceRefusal(books: Books, { pan }: CardRecord): string | undefined {
  const card = books.findCardOfPan(pan);
  if (card === undefined || card.financial === 'active') return undefined;
  if (card.financial === 'closed') return '14';
  return isLost(card) ? '41' : '62';
}

function cardRefusal(card: CardRecord, expiry: string, now: number): string | undefined {
  if (card.status === 'lost') return '41';
  if (card.status === 'frozen') return '62';
  if (expiry !== card.expiry || card.expiry < shanghaiTime(now).yearMonth) return '54';
  // A medical bill must be paid from a balance, never on credit.
  return card.kind === 'credit' ? '57' : undefined;
}

/** Checks the PIN. A wrong PIN is counted before the answer; the third locks the card. */
function checkPin(
  { books, keys }: HostContext,
  card: CardRecord,
  entered: { readonly block: string; readonly pik: string; readonly isBound: boolean },
): string | undefined {
  if (card.pinTriesLeft === 0) return '75';
  const pin = decryptPinBlock0({
    block: fromHex(entered.block),
    pan: entered.isBound ? card.pan : undefined,
    key: fromHex(entered.pik),
  });
  if (!pin.ok) return '99';
  if (pinVerifier(keys, card.pan, pin.value) === card.pinVerifier) {
    books.setPinTriesLeft(card.pan, PIN_TRIES);
    return undefined;
  }
  books.setPinTriesLeft(card.pan, card.pinTriesLeft - 1);
  return card.pinTriesLeft === 1 ? '75' : '55';
}

/** Rules on a void. Field 61 names the sale, which must be unrefunded and of the same amount. */
function ruleVoid({ books }: HostContext, message: Message): OriginalRuling {
  const { fields } = message;
  const named = fields[61] ?? '';
  const { terminalId } = readTrace(message);
  const trace = { terminalId, batch: named.slice(0, 6), stan: named.slice(6, 12) };
  const original = books.findOperation(trace);
  if (original === undefined || !isOriginal(original, message)) return { code: '25' };
  if (original.state !== 'approved' || original.refunded > ZERO) return { code: '12' };
  return original.amount === amountIn(message) ? { code: '00', original } : { code: '64' };
}

/** Rules on a refund. Field 37 names the sale; the amount is at most what is left of it. */
function ruleRefund({ books }: HostContext, message: Message): OriginalRuling {
  const original = books.findByRrn(message.fields[37] ?? '');
  if (original === undefined || !isOriginal(original, message)) return { code: '25' };
  if (original.state !== 'approved') return { code: '12' };
  const amount = amountIn(message);
  if (amount === ZERO) return { code: '13' };
  return original.refunded + amount <= original.amount ? { code: '00', original } : { code: '64' };
}

function isOriginal(original: Operation, { fields }: Message): boolean {
  return (
    original.kind === 'sale' &&
    original.pan === fields[2] &&
    original.merchantId === fields[42] &&
    original.rrn === fields[37]
  );
}
