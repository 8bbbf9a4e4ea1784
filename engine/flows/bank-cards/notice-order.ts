import type { CardId } from '../../base/ids/ids.ts';
import type { Card } from '../../domain/card/card.ts';
import type { Evidence } from '../../domain/card/card-step.ts';
import type { CardOrder } from '../../domain/card/orders/card-order.ts';

/** What a bank says (银行通知). */
export const noticeKinds = [
  'review-approved',
  'review-refused',
  'made',
  'financial-activated',
  'written-loss',
  'loss-cancelled',
  'financial-closed',
  'destroyed',
] as const;
export type NoticeKind = (typeof noticeKinds)[number];

/** What the office does because of a notice. */
export function orderOf(kind: NoticeKind, cardId: CardId): CardOrder {
  switch (kind) {
    case 'review-approved':
    case 'review-refused':
      return { kind: 'bank-review', cardId, isAccepted: kind === 'review-approved' };
    case 'made':
      return { kind: 'make', cardId };
    case 'financial-activated':
      return { kind: 'activate-financial', cardId };
    case 'written-loss':
      return { kind: 'report-loss', cardId, form: 'written' };
    case 'loss-cancelled':
      return { kind: 'cancel-loss', cardId, form: 'written' };
    case 'financial-closed':
      return { kind: 'close-at-bank', cardId };
    case 'destroyed':
      return { kind: 'destroy', cardId };
  }
}

/**
 * Is the card so already? Both sides may learn the same at the same time: a holder who reports a loss at
 * a branch and at the office. Such a notice changes nothing, and agrees.
 */
export function isAlreadySo(kind: NoticeKind, card: Card): boolean {
  switch (kind) {
    case 'review-approved':
      return card.status === 'bank-approved';
    case 'review-refused':
      return card.status === 'bank-refused';
    case 'made':
      return card.status === 'made';
    case 'financial-activated':
      return card.financial === 'active' && card.status === 'active';
    case 'written-loss':
      return card.status === 'written-loss' || card.status === 'replaced';
    case 'loss-cancelled':
      return card.status === 'active';
    case 'financial-closed':
      return card.financial === 'closed';
    case 'destroyed':
      return card.status === 'destroyed';
  }
}

/** The bank's own record of it: the notice itself. */
export function evidenceOf(bank: string, sequence: number): Evidence {
  const record = `${bank}-${sequence}`;
  return { record, identity: `seen by bank ${bank}` };
}
