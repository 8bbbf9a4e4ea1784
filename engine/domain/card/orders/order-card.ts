import { ok } from '../../../base/errors/result.ts';
import type { CommandKind } from '../../command.ts';
import type { Decision, Facts, Writes } from '../../decision.ts';
import { withoutWrites, withWrites } from '../../decision.ts';
import { cardAnswer, declinedAnswer } from '../../request/answer.ts';
import type { Card } from '../card.ts';
import type { CardApplication } from '../card-application.ts';
import type { CardState } from '../card-machines.ts';
import type { CardOrder, CardRefusal, Decided, OrderCard, OrderContext } from './card-order.ts';
import { refuse, refuseState, takenIn } from './card-order.ts';
import { cancel, closeAtBank, destroy, reportDeath } from './end-orders.ts';
import { decideForm, takeForm } from './form-orders.ts';
import { collect, expireUncollected } from './issue-orders.ts';
import { cancelLoss, lapseLoss, reportLoss, withoutLapsedLoss } from './loss-orders.ts';
import { activateMedical, changePin, resetPin, unlockPin } from './pin-orders.ts';
import { recordSteps } from './record-steps.ts';

/**
 * 用卡业务: every change of a card outside a settlement. It is decided under the person's version, so that the
 * next settlement of any engine sees it, and one that was checked before it is decided again.
 */
export const orderCard: CommandKind<OrderCard> = {
  type: 'order-card',
  startsWork: true,
  needs({ key, orderId, order }) {
    const isOfEnd = order.kind === 'cancel';
    return {
      ...{ key, cardId: undefined, settlementId: undefined, request: undefined },
      ...{ cards: true, cardOrder: orderId },
      ...(isOfEnd && { openBusiness: true, corrections: true }),
    };
  },
  decide,
};

function decide(command: OrderCard, facts: Facts): Decision {
  const { person, cards = [], applications = [], cardSteps = [] } = facts;
  if (person === undefined) return refused(command, { code: 'PERSON_UNKNOWN', detail: '' });
  const [done] = cardSteps;
  if (done !== undefined) {
    return done.kind === command.order.kind
      ? withoutWrites(cardAnswer(subjectsOf(command, cards, applications)))
      : refused(command, { code: 'CARD_ORDER_REUSED', detail: `it was ${done.kind}` });
  }
  const context: OrderContext = { command, facts, person, cards, applications };
  const decided = decideOrder(command.order, context);
  const recorded = decided.ok ? recordSteps(decided.value, context) : decided;
  if (!recorded.ok) return refused(command, recorded.error);
  const writes = recorded.value;
  return withWrites(cardAnswer(changedSubjects(command, context, writes)), writes);
}

/** The subject first: the rest came with it. */
function changedSubjects(
  { order }: OrderCard,
  { cards }: OrderContext,
  { cards: changed = [], application }: Writes,
) {
  const id = 'cardId' in order ? order.cardId : application?.cardId;
  const card = changed.findLast(({ cardId }) => cardId === id) ?? changed.at(-1);
  return { card: card ?? cards.find(({ cardId }) => cardId === id), application };
}

function subjectsOf(
  { order }: OrderCard,
  cards: readonly Card[],
  applications: readonly CardApplication[],
) {
  const application =
    'applicationNo' in order
      ? applications.find(({ applicationNo }) => applicationNo === order.applicationNo)
      : undefined;
  const id = 'cardId' in order ? order.cardId : application?.cardId;
  return { card: cards.find(({ cardId }) => cardId === id), application };
}

/** A wrong PIN counts even if the answer is lost. */
function refused({ orderId }: OrderCard, { code, detail, tried }: CardRefusal): Decision {
  const answer = declinedAnswer(code, { requestKey: orderId, ...(detail !== '' && { detail }) });
  return tried === undefined ? withoutWrites(answer) : withWrites(answer, { card: tried });
}

function decideOrder(order: CardOrder, context: OrderContext): Decided {
  switch (order.kind) {
    case 'report-death':
      return reportDeath(context);
    case 'apply':
      return isUsed(order.applicationNo, context) ?? takeForm(order, undefined, context);
    case 'review':
    case 'pay-fee':
    case 'personalise': {
      const { applications } = context;
      const form = applications.find((one) => one.applicationNo === order.applicationNo);
      return form === undefined
        ? refuse('CARD_APPLICATION_UNKNOWN', order.applicationNo)
        : decideForm(order, form, context);
    }
    default:
      return decideCardOrder(order, context);
  }
}

function isUsed(applicationNo: string, { applications }: OrderContext): Decided | undefined {
  const isKnown = applications.some((form) => form.applicationNo === applicationNo);
  return isKnown ? refuse('CARD_ORDER_REUSED', 'the application’s number is used') : undefined;
}

type OrderOnCard = Extract<CardOrder, { readonly cardId: string }>;

/** An oral report that has lapsed is a step of its own, before the one that finds it. */
function decideCardOrder(order: OrderOnCard, context: OrderContext): Decided {
  const { at } = context.command;
  const stored = context.cards.find(({ cardId }) => cardId === order.cardId);
  if (stored === undefined) return refuse('CARD_UNKNOWN', '');
  if (order.kind === 'lapse-loss') {
    return takes(order.kind, stored.status) ?? lapseLoss(stored, context);
  }
  const card = withoutLapsedLoss(stored, at);
  const decided = takes(order.kind, card.status) ?? decideInState(order, card, context);
  return card === stored ? decided : afterLapse(card, stored, decided);
}

function takes(kind: keyof typeof takenIn, status: CardState): Decided | undefined {
  const needed: readonly CardState[] = takenIn[kind];
  return needed.includes(status) ? undefined : refuseState(status, needed);
}

function afterLapse(card: Card, stored: Card, decided: Decided): Decided {
  if (!decided.ok) return decided;
  const lapse = { card, kind: 'lapse-loss', at: stored.oralLossUntil ?? 0 } as const;
  return ok({ ...decided.value, cards: [lapse, ...(decided.value.cards ?? [])] });
}

function decideInState(order: OrderOnCard, card: Card, context: OrderContext): Decided {
  const become = (change: Partial<Card>): Decided =>
    ok({ cards: [{ card: { ...card, ...change } }] });
  switch (order.kind) {
    case 'replace':
    case 'exchange':
      return isUsed(order.applicationNo, context) ?? takeForm(order, card, context);
    case 'send-to-bank':
      return become({ status: 'at-bank' });
    case 'bank-review':
      return become({ status: order.isAccepted ? 'bank-approved' : 'bank-refused' });
    case 'make':
    case 'take-back':
      return become({ status: 'made' });
    case 'deliver':
      return become({ status: 'delivered' });
    case 'expire-uncollected':
      return expireUncollected(card, context);
    case 'collect':
      return collect(card, order.pinVerifier, context);
    case 'return':
      return become({ status: 'returned' });
    case 'destroy':
      return destroy(card, context);
    case 'cancel':
      return cancel(card, context);
    case 'close-at-bank':
      return closeAtBank(card);
    default:
      return decideInUse(order, card, context);
  }
}

type OrderInUse = Exclude<
  OrderOnCard,
  { readonly kind: 'replace' | 'exchange' | 'bank-review' | 'collect' }
>;

function decideInUse(order: OrderInUse, card: Card, context: OrderContext): Decided {
  switch (order.kind) {
    case 'activate-medical':
      return activateMedical(card, order);
    case 'change-pin':
      return changePin(card, order);
    case 'reset-pin':
      return resetPin(card, order.pinVerifier, context);
    case 'unlock-pin':
      return unlockPin(card, context);
    case 'report-loss':
      return reportLoss(card, order.form, context);
    case 'cancel-loss':
      return cancelLoss(card, order.form);
    case 'activate-financial':
      return card.financial === 'not-activated'
        ? ok({ cards: [{ card: { ...card, financial: 'active' } }] })
        : refuse('CARD_STEP_NOT_POSSIBLE', `the financial function is ${card.financial}`);
    case 'suspend':
      return ok({ cards: [{ card: { ...card, medical: 'suspended', financial: 'suspended' } }] });
    case 'resume':
      return resume(card, context);
    default:
      return refuse('CARD_STEP_NOT_POSSIBLE', order.kind);
  }
}

/** The end of a suspension; not of one that came with the holder's death. */
function resume(card: Card, { person }: OrderContext): Decided {
  if (person.accountStatus === 'frozen' || person.accountStatus === 'closed') {
    return refuse('ACCOUNT_NOT_ACTIVE', `the personal account is ${person.accountStatus}`);
  }
  const medical = card.pinVerifier === '' ? 'not-activated' : 'active';
  return ok({ cards: [{ card: { ...card, medical, financial: 'active' } }] });
}
