/** Finds the request of an answer, and checks that the answer belongs to it. */

import type { Message, Mti } from './wire/message-spec.ts';
import { isMti } from './wire/message-spec.ts';

const TYPE_AND_BATCH_DIGITS = 8;

/** How answers of an acquirer may differ from the standard form, by its setting. */
export type AnswerForm = {
  /** Field 42; `any`: the acquirer writes its own merchant number into answers, or none. */
  readonly merchant: 'same' | 'any';
  /** Field 4; `masked`: an answer may leave the amount out, or hide it behind zeros or half-bytes. */
  readonly amount: 'same' | 'masked';
};

/** An answer repeats field 42 and field 4 of its request. */
export const standardAnswers: AnswerForm = { merchant: 'same', amount: 'same' };

/** Message type, terminal, merchant and trace: at most one request with a key is in flight. */
export function exchangeKey(mti: Mti, { fields }: Message, form = standardAnswers): string {
  const merchant = form.merchant === 'same' ? fields[42] : '';
  return `${mti}|${fields[41]}|${merchant}|${fields[11]}`;
}

/** The request type of an answer: 0210 answers 0200, 0230 answers 0220 …; undefined for other messages. */
export function requestMti(answer: Mti): Mti | undefined {
  const version = Number(answer[2]);
  const request = `${answer.slice(0, 2)}${version - 1}${answer.slice(3)}`;
  return version % 2 === 1 && isMti(request) ? request : undefined;
}

/**
 * The first field of the answer that differs from the request, or undefined. The amount must be present,
 * unless the acquirer masks it; card number, processing code and batch are compared if present. `exchangeKey`
 * has compared type, trace, terminal and merchant.
 */
export function mismatchedField(
  request: Message,
  answer: Message,
  form = standardAnswers,
): number | undefined {
  if (answer.fields[4] !== request.fields[4] && !isAmountMasked(answer, form)) return 4;
  const echoed = [2, 3].find(
    (n) => answer.fields[n] !== undefined && answer.fields[n] !== request.fields[n],
  );
  if (echoed !== undefined) return echoed;
  const batch = answer.fields[60]?.slice(0, TYPE_AND_BATCH_DIGITS);
  return batch === undefined || request.fields[60]?.startsWith(batch) === true ? undefined : 60;
}

/** Does the answer hide its amount, as the acquirer's setting allows? */
export function isAmountMasked({ fields }: Message, form: AnswerForm): boolean {
  return form.amount === 'masked' && /^0*$/.test(fields[4] ?? '');
}

/** Amount and batch of a message; the batch is optional in an answer. */
export type EchoedFields = { readonly amount: string; readonly batch: number | undefined };

export function readEchoedFields({ fields }: Message): EchoedFields {
  const batch = fields[60]?.slice(2, TYPE_AND_BATCH_DIGITS);
  return { amount: fields[4] ?? '', batch: batch?.length === 6 ? Number(batch) : undefined };
}

/**
 * Amount and batch of an answer that comes late, from itself or from its remembered request. A masked amount
 * is undefined unless the request is known.
 * @returns undefined: the answer is of another amount than its request
 */
export function readLateEcho(
  answer: Message,
  asked: EchoedFields | undefined,
  form: AnswerForm,
): { readonly amount: string | undefined; readonly batch: number | undefined } | undefined {
  const { amount, batch } = readEchoedFields(answer);
  const isMasked = isAmountMasked(answer, form);
  if (asked !== undefined && asked.amount !== amount && !isMasked) return undefined;
  return { amount: isMasked ? asked?.amount : amount, batch: batch ?? asked?.batch };
}
