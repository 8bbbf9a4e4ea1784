import { ok } from '../../../base/errors/result.ts';
import type { Fen } from '../../../base/money/fen.ts';
import { ZERO } from '../../../base/money/fen.ts';
import type { Card } from '../card.ts';
import type { CardApplication, ExchangeCause } from '../card-application.ts';
import { isDead } from '../card-machines.ts';
import { endOfWorkingDays } from '../card-regions.ts';
import type {
  CardOrder,
  Decided,
  FormOrder,
  OrderContext,
  PersonalisedCard,
} from './card-order.ts';
import { refuse } from './card-order.ts';

const kinds = { apply: 'first', replace: 'replacement', exchange: 'exchange' } as const;
/** Not the holder's doing. */
const freeCauses: readonly ExchangeCause[] = ['maker-fault', 'data-fault'];

/**
 * 申领、补卡、换卡: a form. With it a lost card is dead for ever, and an exchanged one is handed in; both accounts
 * are suspended until the new card is there.
 */
export function takeForm(order: FormOrder, old: Card | undefined, context: OrderContext): Decided {
  const objection = objectionTo(order, old, context);
  if (objection !== undefined) return objection;
  const application = newApplication(order, old, context);
  if (old === undefined) return ok({ application });
  const status = order.kind === 'replace' ? 'replaced' : 'exchanged';
  return ok({ application, cards: [{ card: { ...suspended(old), status } }] });
}

function suspended(card: Card): Card {
  const medical = card.medical === 'closed' ? 'closed' : 'suspended';
  const financial = card.financial === 'closed' ? 'closed' : 'suspended';
  return { ...card, medical, financial };
}

function objectionTo(
  order: FormOrder,
  old: Card | undefined,
  { command, cards, applications }: OrderContext,
): Decided | undefined {
  const { banks, code, mayAgentApply } = command.region;
  if (banks !== undefined && !banks.includes(order.issuingBank)) {
    return refuse('CARD_BANK_NOT_OFFERED', `region ${code}; needed: ${banks.join(', ')}`);
  }
  if (command.by.kind === 'agent' && order.employer === undefined && !mayAgentApply) {
    return refuse('CARD_STEP_INCOMPLETE', `region ${code}; needed: the holder in person`);
  }
  const running = applications.find((form) => isRunning(form, cards));
  if (running !== undefined) {
    return refuse('CARD_ALREADY_HELD', `application ${running.applicationNo} is running`);
  }
  const held = cards.some((card) => card !== old && !isDead(card.status));
  return held ? refuse('CARD_ALREADY_HELD', 'the person has a card') : undefined;
}

/** Is a card still to come of this form? */
function isRunning({ state, cardId }: CardApplication, cards: readonly Card[]): boolean {
  if (state === 'rejected') return false;
  if (state !== 'personalised') return true;
  const card = cards.find((one) => one.cardId === cardId);
  return card !== undefined && beforeUse.has(card.status);
}

const beforeUse: ReadonlySet<Card['status']> = new Set([
  ...(['personalised', 'at-bank', 'bank-refused', 'bank-approved', 'made', 'delivered'] as const),
]);

function newApplication(
  order: FormOrder,
  old: Card | undefined,
  { command }: OrderContext,
): CardApplication {
  const { key, at, region } = command;
  const fee = feeOf(order, region.fee);
  return {
    key,
    applicationNo: order.applicationNo,
    kind: kinds[order.kind],
    state: 'applied',
    stateSince: at,
    appliedAt: at,
    region: region.code,
    issuingBank: order.issuingBank,
    employer: order.employer,
    batchNo: order.batchNo,
    cause: order.kind === 'exchange' ? order.cause : undefined,
    replaces: old?.cardId,
    cardId: undefined,
    delivery: order.delivery,
    fee,
    isFeePaid: fee === ZERO,
    dueAt: endOfWorkingDays(at, region.makingDays, region),
    steps: 0,
  };
}

/** The first card is free, and so is one for a fault of the maker or of the data. */
function feeOf(order: FormOrder, fee: Fen): Fen {
  if (order.kind === 'apply') return ZERO;
  return order.kind === 'exchange' && freeCauses.includes(order.cause) ? ZERO : fee;
}

type ApplicationOrder = Extract<CardOrder, { readonly kind: 'review' | 'pay-fee' | 'personalise' }>;

/** What an office does with a form. */
export function decideForm(
  order: ApplicationOrder,
  application: CardApplication,
  context: OrderContext,
): Decided {
  const { state } = application;
  switch (order.kind) {
    case 'review':
      if (state !== 'applied') return wrongState(state, 'applied');
      return ok({
        application: { ...application, state: order.isAccepted ? 'reviewed' : 'rejected' },
      });
    case 'pay-fee':
      return application.isFeePaid
        ? refuse('CARD_STEP_NOT_POSSIBLE', 'no fee is open')
        : ok({ application: { ...application, isFeePaid: true } });
    case 'personalise':
      if (state !== 'reviewed') return wrongState(state, 'reviewed');
      return ok({
        application: { ...application, state: 'personalised', cardId: order.card.cardId },
        cards: [{ card: personalisedCard(application, order.card, context) }],
      });
  }
}

function wrongState(state: string, needed: string): Decided {
  return refuse('CARD_STEP_NOT_POSSIBLE', `the application is ${state}; needed: ${needed}`);
}

function personalisedCard(
  { applicationNo, issuingBank, replaces }: CardApplication,
  card: PersonalisedCard,
  { command: { key, at } }: OrderContext,
): Card {
  return {
    ...{ key, ...card, status: 'personalised', medical: 'not-activated' },
    ...{ financial: 'not-activated', statusSince: at, oralLossUntil: undefined, steps: 0 },
    origin: { applicationNo, issuingBank, replaces },
    ...{ replacedBy: undefined, pinWrongTries: 0, lastChallenge: 0, lastAtc: 0 },
  };
}
