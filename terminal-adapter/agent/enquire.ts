import type { RequestItem } from '../../engine/contract/enquiry.ts';
import type { RefundDocument } from '../../engine/contract/refund.ts';
import type { SettlementDocument } from '../../engine/contract/settlement.ts';
import type { Certificate } from '../client/certificate.ts';
import type { EngineClient } from '../client/engine-client.ts';
import type { Refusal } from '../client/engine-result.ts';
import { localRefusal } from '../client/local-refusal.ts';

/** What the engine knows of a request key of this terminal. */
export type Enquiry =
  | {
      readonly kind: 'approved';
      /** Of a settlement or a refund, whichever the key named. */
      readonly document: SettlementDocument | RefundDocument;
      readonly certificate: Certificate;
    }
  | { readonly kind: 'declined'; readonly refusal: Refusal; readonly certificate: Certificate }
  /** The engine is still asking the bank, or reversing. */
  | { readonly kind: 'open'; readonly settlementId: string | undefined }
  /**
   * The engine has not seen the key. A copy of the request may still be under way.
   * `at`: when the engine looked, ms by its own clock.
   */
  | { readonly kind: 'absent'; readonly at: number }
  | { readonly kind: 'no-answer' };

function isApproved(
  item: RequestItem,
): item is RequestItem & { answer: SettlementDocument | RefundDocument } {
  return item.state === 'final' && item.status === 200 && item.answer !== null;
}

/**
 * Asks once. A key of this terminal names one request, so one item is expected; of several an
 * approval counts first and an open one second, since both mean that money may have moved.
 */
export async function enquire(client: EngineClient, requestKey: string): Promise<Enquiry> {
  const asked = await client.byRequestKey(requestKey);
  if (asked.kind !== 'approved') return { kind: 'no-answer' };
  const { certificate } = asked;
  const items = asked.body.items.filter((item) => item.requestKey === requestKey);
  if (items.length === 0) {
    const at = Date.parse(asked.body.serverTime);
    return Number.isNaN(at) ? { kind: 'no-answer' } : { kind: 'absent', at };
  }
  const approved = items.find(isApproved);
  if (approved !== undefined) return { kind: 'approved', document: approved.answer, certificate };
  const open = items.find((item) => item.state !== 'final' || item.status === 202);
  if (open !== undefined) return { kind: 'open', settlementId: open.settlementId ?? undefined };
  const answer = items[0]?.answer ?? undefined;
  const isRefusal = answer !== undefined && !('amounts' in answer);
  const refusal: Refusal = isRefusal ? answer : localRefusal('UNAVAILABLE');
  return { kind: 'declined', refusal, certificate };
}
