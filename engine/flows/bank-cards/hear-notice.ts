import { hash } from 'node:crypto';
import type { ErrorCode } from '../../base/errors/error-registry.ts';
import type { CardId, PersonKey } from '../../base/ids/ids.ts';
import { cardRegionOf } from '../../domain/card/card-regions.ts';
import type { Facts } from '../../domain/decision.ts';
import type { BankNotices, NoticeName } from '../../ports/bank-notices.ts';
import type { NewWorkItem } from '../../ports/card-messages.ts';
import type { Clock } from '../../ports/environment.ts';
import type { Store } from '../../ports/store.ts';
import type { FlowLog } from '../deps.ts';
import type { NoticeKind } from './notice-order.ts';
import { evidenceOf, isAlreadySo, orderOf } from './notice-order.ts';
import { WORK_DAYS_MS } from './pauses.ts';

export type NoticeDeps = {
  readonly notices: BankNotices;
  readonly store: Pick<Store, 'execute' | 'findCardOwner' | 'readFacts'>;
  readonly clock: Clock;
  readonly log: FlowLog;
};

/** A notice of a bank whose signature was verified. Card and sequence are its identity. */
export type BankNotice = {
  readonly bank: string;
  readonly cardId: CardId;
  readonly sequence: number;
  readonly kind: NoticeKind;
  /** When the bank made it, ms. */
  readonly at: number;
  readonly details: { readonly [name: string]: string };
};

/** `expects`: a notice before it is missing. `unavailable`: nothing is known; the bank sends it again. */
export type NoticeAnswer =
  | { readonly kind: 'taken' }
  | { readonly kind: 'expects'; readonly sequence: number }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly detail: string }
  | { readonly kind: 'unavailable' };

/**
 * Takes what a bank says of a card, once and in order. The card's order carries a name made of the
 * notice's number, so a notice that comes again, also to another engine or after a crash, is one step of
 * the card; afterwards it is recorded, and only then does the next one count. A notice that contradicts
 * the records changes nothing, gets the reason, and goes to people.
 */
export async function hearNotice(deps: NoticeDeps, notice: BankNotice): Promise<NoticeAnswer> {
  const { notices, store } = deps;
  const { cardId, sequence } = notice;
  const key = await store.findCardOwner(cardId);
  if (key === undefined) return contradict(deps, notice, 0, 'no such card is on record');
  const name = { shard: key.shard, cardId, sequence };
  const known = await notices.findNotice(key.shard, cardId, sequence);
  if (known !== undefined) {
    if (known.digest !== digestOfNotice(notice)) {
      return contradict(deps, notice, key.shard, 'this number was used for another notice');
    }
    const { code = 'BANK_NOTICE_CONTRADICTS' } = known;
    if (known.outcome === 'taken') return { kind: 'taken' };
    return { kind: 'refused', code, detail: 'it was refused before' };
  }
  const last = await notices.lastNotice(key.shard, cardId);
  if (sequence !== last + 1) return { kind: 'expects', sequence: last + 1 };
  return decide(deps, notice, key, name);
}

/** The content of a notice, hex: two of one number differ by it. */
export function digestOfNotice({ kind, at, details }: BankNotice): string {
  const sorted = Object.entries(details).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return hash('sha256', JSON.stringify([kind, at, sorted]), 'hex');
}

async function decide(
  deps: NoticeDeps,
  notice: BankNotice,
  key: PersonKey,
  name: NoticeName,
): Promise<NoticeAnswer> {
  const facts = await deps.store.readFacts({ key, cardId: notice.cardId });
  const { card } = facts;
  if (card?.origin.issuingBank !== notice.bank) {
    return refuse(deps, notice, name, {
      code: 'BANK_NOTICE_CONTRADICTS',
      detail: 'the card is not one of this bank',
    });
  }
  if (!isAlreadySo(notice.kind, card)) {
    const failure = await executeOrder(deps, notice, key, facts);
    if (failure === 'unavailable') return { kind: 'unavailable' };
    if (failure !== undefined) return refuse(deps, notice, name, failure);
  }
  await deps.notices.record(recordOf(deps, notice, name, undefined), undefined);
  return { kind: 'taken' };
}

type Refusal = { readonly code: ErrorCode; readonly detail: string };

/** @returns undefined: done, now or by an earlier copy */
async function executeOrder(
  { store, clock }: NoticeDeps,
  { bank, cardId, sequence, kind, details }: BankNotice,
  key: PersonKey,
  { person }: Facts,
): Promise<Refusal | 'unavailable' | undefined> {
  const result = await store.execute({
    type: 'order-card',
    ...{ key, at: clock.now(), orderId: `bank-notice-${String(sequence).padStart(8, '0')}` },
    by: { kind: 'peer', id: bank },
    reason: details['reason'],
    evidence: evidenceOf(bank, sequence),
    region: cardRegionOf(person?.region ?? ''),
    order: orderOf(kind, cardId),
  });
  if (!result.ok) return 'unavailable';
  const { answer } = result.value;
  if (answer.code === undefined) return undefined;
  const detail = 'extra' in answer ? (answer.extra.detail ?? '') : '';
  return { code: answer.code, detail };
}

async function refuse(
  deps: NoticeDeps,
  notice: BankNotice,
  name: NoticeName,
  { code, detail }: Refusal,
): Promise<NoticeAnswer> {
  deps.log.error('bank-notice-refused', { bank: notice.bank, code });
  const item = itemOf(deps, notice, { code, detail: `${notice.kind}: ${detail}` });
  await deps.notices.record(recordOf(deps, notice, name, code), item);
  return { kind: 'refused', code, detail };
}

/** It is not recorded as a notice: its number is another's, or its card is nobody's. */
async function contradict(
  deps: NoticeDeps,
  notice: BankNotice,
  shard: number,
  detail: string,
): Promise<NoticeAnswer> {
  const code = 'BANK_NOTICE_CONTRADICTS';
  deps.log.error('bank-notice-refused', { bank: notice.bank, code });
  const { cardId, sequence } = notice;
  const item = itemOf(deps, notice, { code, detail: `${notice.kind}: ${detail}` });
  await deps.notices.addWorkItem({ shard, cardId, sequence }, item);
  return { kind: 'refused', code, detail };
}

function recordOf(
  { clock }: NoticeDeps,
  notice: BankNotice,
  name: NoticeName,
  code: ErrorCode | undefined,
) {
  const { bank, kind } = notice;
  const outcome = code === undefined ? 'taken' : 'refused';
  const digest = digestOfNotice(notice);
  return { ...name, bank, kind, digest, outcome, code, receivedAt: clock.now() } as const;
}

function itemOf({ clock }: NoticeDeps, { bank }: BankNotice, refusal: Refusal): NewWorkItem {
  const openedAt = clock.now();
  const owner = 'bank-officer';
  return { ...refusal, bank, owner, openedAt, deadline: openedAt + WORK_DAYS_MS };
}
