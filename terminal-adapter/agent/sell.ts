/**
 * One sale at the counter: read the card → quote → PIN → challenge → chip → (bank part) → settle.
 * Until the request is journalled nothing can move money, and any trouble just stops the sale.
 */

import { setTimeout as wait } from 'node:timers/promises';
import { invariant } from '../../engine/base/errors/result.ts';
import { type Fen, parseFen } from '../../engine/base/money/fen.ts';
import type { BillBody } from '../../engine/contract/bill.ts';
import type { CardBody } from '../../engine/contract/card.ts';
import type { QuoteDocument } from '../../engine/contract/quote.ts';
import type {
  SettlementDocument,
  SettlementRequest,
  TenderBody,
} from '../../engine/contract/settlement.ts';
import type { Certificate } from '../client/certificate.ts';
import type { EngineClient, TerminalClock } from '../client/engine-client.ts';
import type { EngineResult, Refusal } from '../client/engine-result.ts';
import type { RequestJournal } from '../journal/request-journal.ts';
import type { CounterCard } from './counter-card.ts';
import type { PinPad } from './pin-pad.ts';
import { counterPatience, type Patience, type SubmitDeps, submit } from './submit.ts';

export type SellOptions = {
  readonly client: EngineClient;
  readonly journal: RequestJournal;
  readonly clock: TerminalClock;
  readonly card: CounterCard;
  readonly pinPad: PinPad;
  readonly bill: BillBody;
  readonly useAccount: boolean;
  readonly tender: 'cash' | 'bank-debit';
  /**
   * Shows the holder what is to be paid; false stops the sale. Without it the quote is taken as
   * agreed.
   */
  readonly confirm?: (quote: QuoteDocument) => Promise<boolean>;
  readonly patience?: Patience;
  readonly wait?: (ms: number) => Promise<void>;
};

export type SellOutcome =
  | {
      readonly kind: 'approved';
      readonly document: SettlementDocument;
      readonly certificate: Certificate;
      /** False: the card left before it could take the bank's answer; the approval stands. */
      readonly isCardFinished: boolean;
    }
  | { readonly kind: 'declined'; readonly refusal: Refusal }
  /** Do not collect again. `resume` or a later enquiry finds the outcome. */
  | { readonly kind: 'unknown'; readonly requestKey: string }
  /** Stopped before any money could move. */
  | {
      readonly kind: 'stopped';
      readonly by: 'card' | 'pin-pad' | 'holder' | 'engine';
      readonly code: string;
    };

/** Ends the preparation early; never leaves this file. */
type Stop = Exclude<SellOutcome, { readonly kind: 'approved' | 'unknown' }>;
type Step<Value> = { readonly value: Value } | { readonly stop: Stop };

/** Sells one bill. Does not throw for anything that card, holder, network or engine do. */
export async function sell(options: SellOptions): Promise<SellOutcome> {
  const prepared = await prepare(options);
  if ('stop' in prepared) return prepared.stop;
  const request = prepared.value;
  const { client, journal, clock, patience = counterPatience } = options;
  const deps: SubmitDeps = {
    client,
    journal,
    clock,
    patience,
    wait: options.wait ?? ((ms) => wait(ms)),
  };
  const submitted = await submit(deps, {
    kind: 'sale',
    amount: options.bill.totalAmount,
    request,
    send: () => client.settle(request),
  });
  if (submitted.kind === 'unknown') return { kind: 'unknown', requestKey: request.requestKey };
  if (submitted.kind === 'declined') return { kind: 'declined', refusal: submitted.refusal };
  return finishCard(deps, options.card, submitted);
}

function stopped(by: 'card' | 'pin-pad' | 'holder' | 'engine', code: string): { stop: Stop } {
  return { stop: { kind: 'stopped', by, code } };
}

/** A quote or a challenge moves no money: whatever is not an answer just stops the sale. */
function answerOf<Body>(result: EngineResult<Body>): Step<Body> {
  if (result.kind === 'approved') return { value: result.body };
  if (result.kind === 'declined') return { stop: { kind: 'declined', refusal: result.refusal } };
  return stopped('engine', result.kind === 'unreachable' ? 'UNREACHABLE' : 'NO_ANSWER');
}

async function prepare(options: SellOptions): Promise<Step<SettlementRequest>> {
  const { client, bill, useAccount } = options;
  const card = await options.card.read();
  if (!card.ok) return stopped('card', card.error.code);
  const quote = answerOf(await client.quote({ card: card.value, bill, useAccount }));
  if ('stop' in quote) return quote;
  if (options.confirm !== undefined && !(await options.confirm(quote.value))) {
    return stopped('holder', 'NOT_CONFIRMED');
  }
  // The PIN comes before the challenge, which lives a minute only: holders may take their time.
  const block = await options.pinPad.medicalPinBlock(card.value.cardId);
  if (block === undefined) return stopped('pin-pad', 'NO_PIN');
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
    },
  };
}

async function prove(
  options: SellOptions,
  card: CardBody,
): Promise<Step<SettlementRequest['chip']>> {
  const { cardId } = card;
  const { totalAmount } = options.bill;
  const challenge = answerOf(await options.client.challenge({ cardId, totalAmount }));
  if ('stop' in challenge) return challenge;
  const proof = await options.card.prove(challenge.value);
  if (!proof.ok) return stopped('card', proof.error.code);
  return { value: { challenge: challenge.value.challenge, cryptogram: proof.value } };
}

/** The tender for what is left to the patient; nothing left needs no bank. */
async function tenderOf(options: SellOptions, expected: string): Promise<Step<TenderBody>> {
  const amount = parseFen(expected);
  invariant(amount !== undefined, 'a signed quote has amounts');
  if (options.tender === 'cash' || amount === 0n) return { value: { kind: 'cash', expected } };
  return bankTender(options, expected, amount);
}

async function bankTender(
  options: SellOptions,
  expected: string,
  amount: Fen,
): Promise<Step<TenderBody>> {
  const bank = await options.card.authorise(amount);
  if (!bank.ok) return stopped('card', bank.error.code);
  const pinBlock = await options.pinPad.bankPinBlock(bank.value.pan);
  if (pinBlock === undefined) return stopped('pin-pad', 'NO_PIN');
  return { value: { kind: 'bank-debit', expected, pinBlock, ...bank.value } };
}

/** 24 characters, 144 random bits: never made twice. */
function newRequestKey(clock: TerminalClock): string {
  return Buffer.from(clock.randomBytes(18)).toString('base64url');
}

type Approved = { readonly body: SettlementDocument; readonly certificate: Certificate };

/**
 * Gives the card the bank's answer. A card that then refuses has found the bank's answer not
 * genuine: the sale goes back at once. A card that is gone cannot refuse; the approval stands.
 */
async function finishCard(
  deps: SubmitDeps,
  card: CounterCard,
  { body: document, certificate }: Approved,
): Promise<SellOutcome> {
  const { bank, settlementId } = document;
  const approved = { kind: 'approved', document, certificate } as const;
  if (bank === null) return { ...approved, isCardFinished: true };
  const finished = await card.finish({
    responseCode: bank.responseCode ?? '00',
    issuerAuthData: bank.issuerAuthData,
  });
  if (!finished.ok) return { ...approved, isCardFinished: false };
  if (finished.value) return { ...approved, isCardFinished: true };
  const request = { requestKey: newRequestKey(deps.clock) };
  const refund = await submit(deps, {
    kind: 'refund',
    amount: document.amounts.total,
    request,
    send: () => deps.client.refund(settlementId, request),
  });
  // Not given back yet: the cashier must neither collect again nor let the goods go.
  if (refund.kind !== 'approved') return { kind: 'unknown', requestKey: request.requestKey };
  return { kind: 'declined', refusal: { code: 'CHIP_NOT_GENUINE', settlementId } };
}
