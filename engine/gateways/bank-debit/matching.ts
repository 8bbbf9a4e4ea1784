/** Finds the request of an answer, and checks that the answer belongs to it. */

import type { Message, Mti } from './wire/message-spec.ts';
import { isMti } from './wire/message-spec.ts';

const TYPE_AND_BATCH_DIGITS = 8;

/** Message type, terminal, merchant and trace: at most one request with a key is in flight. */
export function exchangeKey(mti: Mti, { fields }: Message): string {
  return `${mti}|${fields[41]}|${fields[42]}|${fields[11]}`;
}

/** The request type of an answer: 0210 answers 0200, 0230 answers 0220 …; undefined for other messages. */
export function requestMti(answer: Mti): Mti | undefined {
  const version = Number(answer[2]);
  const request = `${answer.slice(0, 2)}${version - 1}${answer.slice(3)}`;
  return version % 2 === 1 && isMti(request) ? request : undefined;
}

/**
 * The first field of the answer that differs from the request, or undefined. The amount must be present; card
 * number, processing code and batch are compared if present. `exchangeKey` has compared type, trace, terminal
 * and merchant.
 */
export function mismatchedField(request: Message, answer: Message): number | undefined {
  if (answer.fields[4] !== request.fields[4]) return 4;
  const echoed = [2, 3].find(
    (n) => answer.fields[n] !== undefined && answer.fields[n] !== request.fields[n],
  );
  if (echoed !== undefined) return echoed;
  const batch = answer.fields[60]?.slice(0, TYPE_AND_BATCH_DIGITS);
  return batch === undefined || request.fields[60]?.startsWith(batch) === true ? undefined : 60;
}

/** Amount and batch of a message; the batch is optional in an answer. */
export type EchoedFields = { readonly amount: string; readonly batch: number | undefined };

export function readEchoedFields({ fields }: Message): EchoedFields {
  const batch = fields[60]?.slice(2, TYPE_AND_BATCH_DIGITS);
  return { amount: fields[4] ?? '', batch: batch?.length === 6 ? Number(batch) : undefined };
}
