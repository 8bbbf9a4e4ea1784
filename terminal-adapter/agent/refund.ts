/** Gives a settlement back, whole or by line. Needs no card and no PIN. */

import type { RefundDocument, RefundRequest } from '../../engine/contract/refund.ts';
import type { Certificate } from '../client/certificate.ts';
import type { Refusal } from '../client/engine-result.ts';
import type { Advice } from './advice.ts';
import { tell } from './progress.ts';
import { newRequestKey } from './request-key.ts';
import { type SubmitDeps, submit, unknownAdvice } from './submit.ts';

export type RefundOrder = {
  readonly settlementId: string;
  /** Line numbers of the bill. Without them everything that is left goes back. */
  readonly lines?: readonly string[];
  /**
   * What the cashier expects to go back, "12.34", for the journal alone: the engine says what goes
   * back.
   */
  readonly amount?: string;
};

export type RefundOutcome =
  | {
      readonly kind: 'approved';
      readonly document: RefundDocument;
      readonly certificate: Certificate;
    }
  | { readonly kind: 'declined'; readonly refusal: Refusal }
  /** Do not refund again by any means. A later enquiry finds the outcome. */
  | ({
      readonly kind: 'unknown';
      readonly requestKey: string;
      /** Of the key's earlier use, if that was approved. */
      readonly settlementId?: string;
    } & Advice);

/**
 * Refunds once. The request key is journalled before the request leaves; while the answer is
 * missing the same key is enquired about, and only the same bytes are sent again. Does not throw
 * for anything that network or engine do.
 */
export async function refund(options: SubmitDeps & RefundOrder): Promise<RefundOutcome> {
  const { client, clock, settlementId, lines, amount = '0.00' } = options;
  const requestKey = newRequestKey(clock);
  const request: RefundRequest = lines === undefined ? { requestKey } : { requestKey, lines };
  tell(options.onProgress, 'asking-engine');
  const submitted = await submit(options, {
    kind: 'refund',
    amount,
    request,
    send: () => client.refund(settlementId, request),
  });
  if (submitted.kind === 'declined') return submitted;
  if (submitted.kind === 'unknown') {
    return { kind: 'unknown', requestKey, ...unknownAdvice('REFUND_OUTCOME_UNKNOWN', submitted) };
  }
  const { body: document, certificate } = submitted;
  return { kind: 'approved', document, certificate };
}
