import { invariant } from '../../base/errors/result.ts';
import type { PersonKey } from '../../base/ids/ids.ts';
import type { Answer } from './answer.ts';
import type { RequestIdentity, RequestRecord } from './request-record.ts';

/** A request record as a decision writes it: the answer is a value, and the store renders it. */
export type RequestWrite = Omit<RequestRecord, 'answer'> & {
  /** Undefined while the request is running. */
  readonly answer: Answer | undefined;
};

/** The record of a command's own request key. Without an answer it is running. */
export function newRequest(
  command: { readonly key: PersonKey; readonly at: number; readonly request: RequestIdentity },
  content: Pick<RequestWrite, 'cardId' | 'settlementId' | 'answer'>,
): RequestWrite {
  const { key, at, request } = command;
  const { terminalId, requestKey, fingerprint } = request;
  const state = content.answer === undefined ? 'running' : 'final';
  return { key, terminalId, requestKey, fingerprint, at, state, ...content };
}

/** The record with an answer: final, or `unknown` while the outcome is open. */
export function answeredRequest(
  request: RequestRecord | undefined,
  answer: Answer,
  state: 'unknown' | 'final' = 'final',
): RequestWrite {
  invariant(request !== undefined, 'an open operation has a request record');
  return { ...request, state, answer };
}
