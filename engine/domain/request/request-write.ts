import { invariant } from '../../base/errors/result.ts';
import type { PersonKey } from '../../base/ids/ids.ts';
import type { Answer } from './answer.ts';
import type { RequestIdentity, RequestRecord } from './request-record.ts';

/** A record as a decision writes it: its answer is a value, which the store renders. */
export type RequestWrite = Omit<RequestRecord, 'answer'> & {
  /** None while the request is running. */
  readonly answer: Answer | undefined;
};

/** The record that a command makes under its own request key; without an answer it is running. */
export function newRequest(
  command: { readonly key: PersonKey; readonly at: number; readonly request: RequestIdentity },
  of: Pick<RequestWrite, 'cardId' | 'settlementId' | 'answer'>,
): RequestWrite {
  const { key, at, request } = command;
  const { terminalId, requestKey, fingerprint } = request;
  const state = of.answer === undefined ? 'running' : 'final';
  return { key, terminalId, requestKey, fingerprint, at, state, ...of };
}

/** The same record with the answer that ends what it asked for, or (unknown) only tells of it. */
export function answeredRequest(
  request: RequestRecord | undefined,
  answer: Answer,
  state: 'unknown' | 'final' = 'final',
): RequestWrite {
  invariant(request !== undefined, 'what is open has a request record');
  return { ...request, state, answer };
}
