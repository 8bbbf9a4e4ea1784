/**
 * Settles one bill at the counter: read the card → quote → PIN → challenge → chip → (bank part) →
 * settle. Until the request is journalled nothing can move money, and any trouble stops it.
 */
import { invariant } from '../../engine/base/errors/result.ts';
import { type Fen, parseFen } from '../../engine/base/money/fen.ts';
import type { OfflineList } from '../../engine/base/offline-list/offline-list.ts';
import type { BillBody } from '../../engine/contract/bill.ts';
import type { CardBody } from '../../engine/contract/card.ts';
import type { QuoteDocument } from '../../engine/contract/quote.ts';
import type {
  ConfirmationBody,
  SettlementDocument,
  SettlementRequest,
  TenderBody,
} from '../../engine/contract/settlement.ts';
import type { Certificate } from '../client/certificate.ts';
import type { EngineResult, Refusal } from '../client/engine-result.ts';
import { localRefusal } from '../client/local-refusal.ts';
import { type Advice, adviceOf, type StopCode, type Stopped, stopped } from './advice.ts';
import type { CounterCard } from './counter-card.ts';
import type { PinPad } from './pin-pad.ts';
import { tell } from './progress.ts';
import { refund } from './refund.ts';
import { newRequestKey } from './request-key.ts';
import { type SubmitDeps, submit, unknownAdvice } from './submit.ts';

export type SettleOrder = {
  readonly bill: BillBody;
  /** May the medical personal account pay? */
  readonly useAccount: boolean;
  /** How the patient pays what is left. */
  readonly tender: 'cash' | 'bank-debit';
  /**
   * Shows the holder what is to be paid; false stops. Without it the quote counts as agreed.
   */
  readonly confirm?: (quote: QuoteDocument) => Promise<boolean>;
  /**
   * Shows a supervisor why the bill needs a confirmation, and gives it; undefined, or no such function,
   * refuses the bill before the PIN is asked for.
   */
  readonly confirmAbove?: (warning: BillWarning) => Promise<ConfirmationBody | undefined>;
};

type BillWarning = QuoteDocument['warnings'][number];

export type SettleOptions = SubmitDeps &
  SettleOrder & {
    readonly card: CounterCard;
    readonly pinPad: PinPad;
    /** The terminal's own list of invalid cards, if it keeps one. */
    readonly offlineList?: () => OfflineList | undefined;
  };

export type SettleOutcome =
  | {
      readonly kind: 'approved';
      readonly document: SettlementDocument;
      readonly certificate: Certificate;
      /** False: the card left before it could take the bank's answer; the approval stands. */
      readonly isCardFinished: boolean;
    }
  | { readonly kind: 'declined'; readonly refusal: Refusal }
  /** Do not collect again. A later enquiry finds the outcome. */
  | ({
      readonly kind: 'unknown';
      readonly requestKey: string;
      /** Of an approved settlement to look up: of the key's earlier use, or one to be refunded. */
      readonly settlementId?: string;
    } & Advice)
  | Stopped;

/** Either the next step's input, or how the settlement ended before any money could move. */
type Step<Value> =
  | { readonly value: Value }
  | { readonly stop: Stopped | Extract<SettleOutcome, { readonly kind: 'declined' }> };

/** Settles one bill. Does not throw for anything that card, holder, network or engine do. */
export async function settle(options: SettleOptions): Promise<SettleOutcome> {
  const prepared = await prepare(options);
  if ('stop' in prepared) return prepared.stop;
  const request = prepared.value;
  const { requestKey, tender } = request;
  tell(options.onProgress, tender.kind === 'cash' ? 'asking-engine' : 'asking-bank');
  const submitted = await submit(options, {
    kind: 'sale',
    amount: options.bill.totalAmount,
    request,
    send: () => options.client.settle(request),
  });
  if (submitted.kind === 'declined') return submitted;
  if (submitted.kind === 'unknown') {
    return { kind: 'unknown', requestKey, ...unknownAdvice('OUTCOME_UNKNOWN', submitted) };
  }
  return finishCard(options, submitted);
}

function stop(by: Stopped['by'], code: StopCode): { readonly stop: Stopped } {
  return { stop: stopped(by, code) };
}

/** A quote or a challenge moves no money, so a missing answer just stops. */
function answerOf<Body>(result: EngineResult<Body>): Step<Body> {
  if (result.kind === 'approved') return { value: result.body };
  if (result.kind === 'declined') return { stop: { kind: 'declined', refusal: result.refusal } };
  return stop('engine', result.kind === 'unreachable' ? 'UNREACHABLE' : 'NO_ANSWER');
}

async function prepare(options: SettleOptions): Promise<Step<SettlementRequest>> {
  const { client, bill, useAccount, onProgress } = options;
  tell(onProgress, 'reading-card');
  const card = await options.card.read();
  if (!card.ok) return stop('card', card.error.code);
  // The quote decides; a card that seems listed is told of before the holder enters anything.
  const isSuspect = options.offlineList?.()?.mayBeListed(card.value.cardId) === true;
  tell(onProgress, isSuspect ? 'card-may-be-listed' : 'asking-engine');
  const quote = answerOf(await client.quote({ card: card.value, bill, useAccount }));
  if ('stop' in quote) return quote;
  if (options.confirm !== undefined && !(await options.confirm(quote.value))) {
    return stop('holder', 'NOT_CONFIRMED');
  }
  const confirmed = await askSupervisor(options, quote.value);
  if ('stop' in confirmed) return confirmed;
  // A challenge lives for one minute and holders may take longer, so the PIN comes before it.
  tell(onProgress, 'enter-medical-pin');
  const block = await options.pinPad.medicalPinBlock(card.value.cardId);
  if (block === undefined) return stop('pin-pad', 'NO_PIN');
  const proof = await prove(options, card.value);
  if ('stop' in proof) return proof;
  const tender = await tenderOf(options, quote.value.amounts.patientPay);
  if ('stop' in tender) return tender;
  return {
    value: {
      requestKey: newRequestKey(options.clock),
      card: card.value,
      chip: proof.value,
      pin: { block },
      bill,
      useAccount,
      tender: tender.value,
      ...confirmed.value,
    },
  };
}

/** The confirmation of a bill above its ceiling; none where the bill needs none. */
async function askSupervisor(
  { confirmAbove }: SettleOptions,
  { warnings }: QuoteDocument,
): Promise<Step<Pick<SettlementRequest, 'confirmation'>>> {
  const above = warnings.find(({ check }) => check === 'ceiling');
  if (above === undefined) return { value: {} };
  const confirmation = await confirmAbove?.(above);
  if (confirmation !== undefined) return { value: { confirmation } };
  return { stop: { kind: 'declined', refusal: localRefusal('BILL_ABOVE_CEILING') } };
}

async function prove(
  options: SettleOptions,
  card: CardBody,
): Promise<Step<SettlementRequest['chip']>> {
  const { cardId } = card;
  const { totalAmount } = options.bill;
  tell(options.onProgress, 'reading-card');
  const challenge = answerOf(await options.client.challenge({ cardId, totalAmount }));
  if ('stop' in challenge) return challenge;
  const proof = await options.card.prove(challenge.value);
  if (!proof.ok) return stop('card', proof.error.code);
  return { value: { challenge: challenge.value.challenge, cryptogram: proof.value } };
}

/** The tender for what is left to the patient; nothing left needs no bank. */
async function tenderOf(options: SettleOptions, expected: string): Promise<Step<TenderBody>> {
  const amount = parseFen(expected);
  invariant(amount !== undefined, 'a signed quote has amounts');
  if (options.tender === 'cash' || amount === 0n) return { value: { kind: 'cash', expected } };
  return bankTender(options, expected, amount);
}

async function bankTender(
  options: SettleOptions,
  expected: string,
  amount: Fen,
): Promise<Step<TenderBody>> {
  const bank = await options.card.authorise(amount);
  if (!bank.ok) return stop('card', bank.error.code);
  tell(options.onProgress, 'enter-bank-pin');
  const pinBlock = await options.pinPad.bankPinBlock(bank.value.pan);
  if (pinBlock === undefined) return stop('pin-pad', 'NO_PIN');
  const { bankPinWithoutPan: pinWithoutPan = false } = options.pinPad;
  const unbound = pinWithoutPan ? { pinWithoutPan } : {};
  return { value: { kind: 'bank-debit', expected, pinBlock, ...unbound, ...bank.value } };
}

type Approved = { readonly body: SettlementDocument; readonly certificate: Certificate };

/**
 * Gives the card the bank's answer. A card that refuses it says that the answer is not the bank's:
 * the settlement is refunded at once. A card that is gone cannot refuse; the approval stands.
 */
async function finishCard(
  options: SettleOptions,
  { body: document, certificate }: Approved,
): Promise<SettleOutcome> {
  const { bank, settlementId } = document;
  const approved = { kind: 'approved', document, certificate } as const;
  if (bank === null) return { ...approved, isCardFinished: true };
  const finished = await options.card.finish({
    responseCode: bank.responseCode ?? '00',
    issuerAuthData: bank.issuerAuthData,
  });
  if (!finished.ok) return { ...approved, isCardFinished: false };
  if (finished.value) return { ...approved, isCardFinished: true };
  const refunded = await refund({ ...options, settlementId, amount: document.amounts.total });
  if (refunded.kind === 'approved') {
    return { kind: 'declined', refusal: { ...localRefusal('CHIP_NOT_GENUINE'), settlementId } };
  }
  // Until the refund is done the cashier must neither collect again nor hand anything over.
  const requestKey = refunded.kind === 'unknown' ? refunded.requestKey : document.requestKey;
  return { kind: 'unknown', requestKey, settlementId, ...adviceOf('CHIP_REFUSED_BANK_ANSWER') };
}
