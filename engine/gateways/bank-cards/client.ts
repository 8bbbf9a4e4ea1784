import { hash } from 'node:crypto';
import type { PeerSigner } from '../../base/signatures/peer-signature.ts';
import { isAnswerAuthentic, signRequest } from '../../base/signatures/peer-signature.ts';
import type { BatchAnswer, MessageForm, ServiceAnswer } from '../../contract/bank-cards.ts';
import { readBatchAnswer, readServiceAnswer } from '../../contract/bank-cards.ts';
import type { BankCards, BatchDelivery, BatchException, Delivery } from '../../ports/bank-cards.ts';
import type { CardBank, CardMessage } from '../../ports/card-messages.ts';
import type { Environment } from '../../ports/environment.ts';

export type BankCardsOptions = {
  /** The engine's own key. */
  readonly signer: PeerSigner;
  readonly environment: Pick<Environment, 'now' | 'randomBytes'>;
  /** Time limit for an answer, ms. */
  readonly timeoutMs: number;
  /** Opens a holder's name that is sealed on record. */
  readonly openName: (name: string) => string;
};

/** Longest answer that is read, bytes. */
const ANSWER_MAX = 65_536;

/** The client of the banks' card services: JSON over HTTP, signed by both sides. */
export function createBankCards(options: BankCardsOptions): BankCards {
  const formOf = (message: CardMessage): MessageForm => {
    const { holderName } = message;
    if (holderName === undefined) return messageForm(message);
    return messageForm({ ...message, holderName: options.openName(holderName) });
  };
  return {
    async send(bank, message) {
      const path = `/v1/cards/${message.cardId}/messages/${message.sequence}`;
      const text = await put(options, bank, path, JSON.stringify(formOf(message)));
      if (typeof text !== 'string') return text;
      const answer = readServiceAnswer(text);
      return answer === undefined ? unanswered('answer-malformed') : deliveryOf(answer);
    },
    async sendBatch(bank, { batchNo, messages }) {
      const rows = JSON.stringify(messages.map(formOf));
      const sha256 = hash('sha256', rows, 'hex');
      const head = JSON.stringify({ batchNo, count: messages.length, sha256 });
      // The hash is over these very bytes of the rows.
      const body = `${head.slice(0, -1)},"rows":${rows}}`;
      const text = await put(options, bank, `/v1/batches/${batchNo}`, body);
      if (typeof text !== 'string') return text;
      const answer = readBatchAnswer(text);
      return answer === undefined
        ? unanswered('answer-malformed')
        : batchDeliveryOf(answer, messages);
    },
  };
}

type Unanswered = Extract<Delivery, { kind: 'unanswered' }>;

function deliveryOf(answer: ServiceAnswer): Delivery {
  switch (answer.outcome) {
    case 'taken':
      return { kind: 'taken' };
    case 'refused':
      return { kind: 'refused', code: answer.code, detail: answer.detail };
    case 'expects':
      return { kind: 'expects', sequence: answer.sequence };
    case 'not-now':
      return unanswered(`not-now ${answer.code}`);
  }
}

function batchDeliveryOf(answer: BatchAnswer, messages: readonly CardMessage[]): BatchDelivery {
  if (answer.outcome === 'not-now') return unanswered(`not-now ${answer.code}`);
  if (answer.outcome === 'refused') {
    return { kind: 'refused', code: answer.code, row: answer.row };
  }
  const exceptions: BatchException[] = [];
  for (const { row, ...rest } of answer.exceptions) {
    const message = messages[row - 1];
    const delivery = deliveryOf(rest);
    // An answer about a row that was not sent is none.
    if (message === undefined) return unanswered('answer-malformed');
    if (delivery.kind !== 'taken' && delivery.kind !== 'unanswered') {
      exceptions.push({ message, delivery });
    }
  }
  return { kind: 'taken', exceptions };
}

/** @returns the text of an authentic answer */
async function put(
  { signer, environment, timeoutMs }: BankCardsOptions,
  bank: CardBank,
  path: string,
  text: string,
): Promise<string | Unanswered> {
  const body = Buffer.from(text);
  const signed = await signRequest({ method: 'PUT', path, query: '', body }, signer, {
    created: Math.floor(environment.now() / 1_000),
    nonce: Buffer.from(environment.randomBytes(18)).toString('base64url'),
  });
  try {
    const response = await fetch(`${bank.address}${path}`, {
      method: 'PUT',
      body,
      headers: { 'content-type': 'application/json', ...signed.headers },
      signal: AbortSignal.timeout(timeoutMs),
      redirect: 'error',
    });
    const answer = await readAnswer(response);
    if (answer === undefined) return unanswered('answer-too-long');
    const isAuthentic = isAnswerAuthentic({
      ...{ status: response.status, body: answer, requestSignature: signed.signature },
      ...{ keyId: bank.code, publicKey: bank.publicKey },
      header: (name) => response.headers.get(name) ?? undefined,
    });
    if (!isAuthentic) return unanswered('answer-not-authentic');
    return answer.toString('utf8');
  } catch (error) {
    const isLate = error instanceof Error && error.name === 'TimeoutError';
    return unanswered(isLate ? 'answer-late' : 'bank-unreachable');
  }
}

function unanswered(reason: string): Unanswered {
  return { kind: 'unanswered', reason };
}

/** @returns undefined: longer than any answer is */
async function readAnswer(response: Response): Promise<Buffer | undefined> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of response.body ?? []) {
    length += part.length;
    if (length > ANSWER_MAX) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** A message in its form on the wire: the same content each time. */
function messageForm({
  cardId,
  sequence,
  topic,
  at,
  payload,
  holderName,
}: CardMessage): MessageForm {
  const form = { cardId, sequence, topic, at, details: payload };
  return holderName === undefined ? form : { ...form, holderName };
}
