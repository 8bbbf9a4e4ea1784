import type { Result } from '../../../base/errors/result.ts';
import { fail, ok } from '../../../base/errors/result.ts';
import type { CardEvent } from '../../bank-cards/card-event.ts';
import type { Writes } from '../../decision.ts';
import type { Card } from '../card.ts';
import type { CardApplication } from '../card-application.ts';
import type { CardMachine } from '../card-machines.ts';
import { mayCardBecome } from '../card-machines.ts';
import type { CardMoves, CardStep } from '../card-step.ts';
import type { CardChange, CardOrderKind, CardRefusal, OrderContext } from './card-order.ts';

/**
 * Rows of a change: the cards with their steps counted, a step for each, and what the bank must know of them.
 * @returns a refusal if a machine does not go that way
 */
export function recordSteps(
  change: CardChange,
  context: OrderContext,
): Result<Writes, CardRefusal> {
  const { command, applications } = context;
  const now = new Map<string, Card>(context.cards.map((card) => [card.cardId, card]));
  const cards: Card[] = [];
  const cardSteps: CardStep[] = [];
  const outbox: CardEvent[] = [];
  for (const { card: wanted, kind = command.order.kind, at = command.at } of change.cards ?? []) {
    const before = now.get(wanted.cardId);
    const card = counted(wanted, before, at);
    const moves = movesBetween(before, card);
    const illegal = illegalMove(moves);
    if (illegal !== undefined) return fail({ code: 'CARD_STEP_NOT_POSSIBLE', detail: illegal });
    const step = { ...newStep(context, kind), subject: card.cardId, stepNo: card.steps, moves, at };
    now.set(card.cardId, card);
    cards.push(card);
    cardSteps.push(step);
    outbox.push(...messagesOf(card, step));
  }
  const form = change.application && countedForm(change.application, command.at);
  if (form !== undefined) {
    const before = applications.find((one) => one.applicationNo === form.applicationNo);
    const moves: CardMoves =
      before?.state === form.state
        ? {}
        : { card: { from: before?.state ?? 'new', to: form.state } };
    const subject = { subject: form.applicationNo, stepNo: form.steps, moves, at: command.at };
    cardSteps.push({ ...newStep(context, command.order.kind), ...subject });
  }
  return ok({
    ...(cards.length > 0 && { cards }),
    ...(form !== undefined && { application: form }),
    ...(change.person !== undefined && { person: change.person }),
    cardSteps,
    outbox,
  });
}

/** A card that goes to an employer and comes back lies uncollected since it was made. */
const uncollected: readonly Card['status'][] = ['made', 'delivered'];

function counted(card: Card, before: Card | undefined, at: number): Card {
  const lies =
    before !== undefined &&
    uncollected.includes(before.status) &&
    uncollected.includes(card.status);
  const isSame = before?.status === card.status || lies;
  const statusSince = isSame && before !== undefined ? before.statusSince : at;
  return { ...card, statusSince, steps: (before?.steps ?? 0) + 1 };
}

function countedForm(form: CardApplication, at: number): CardApplication {
  return { ...form, stateSince: at, steps: form.steps + 1 };
}

function newStep(
  { command }: OrderContext,
  kind: CardOrderKind,
): Pick<CardStep, 'key' | 'orderId' | 'kind' | 'by' | 'reason' | 'evidence'> {
  const { key, orderId, reason, evidence, order } = command;
  const isOwn = kind === order.kind;
  // What lapses by itself was nobody's order, whoever finds it.
  const by = isOwn ? { kind: command.by.kind, id: command.by.id } : { kind: 'system', id: kind };
  return { key, orderId: isOwn ? orderId : `${orderId}:${kind}`, kind, by, reason, evidence };
}

/** A card that is new comes out of a reviewed application, with both functions new. */
function movesBetween(before: Card | undefined, after: Card): CardMoves {
  const card = { from: before?.status ?? 'reviewed', to: after.status } as const;
  const medical = { from: before?.medical ?? 'new', to: after.medical } as const;
  const financial = { from: before?.financial ?? 'new', to: after.financial } as const;
  return {
    ...(card.from !== card.to && { card }),
    ...(medical.from !== medical.to && { medical }),
    ...(financial.from !== financial.to && { financial }),
  };
}

function illegalMove(moves: CardMoves): string | undefined {
  for (const [machine, { from, to }] of Object.entries(moves)) {
    if (from === 'new' || mayCardBecome(machine as CardMachine, from, to)) continue;
    return `${machine}: no way from ${from} to ${to}`;
  }
  return undefined;
}

/** What the bank has said itself, and what concerns the medical function alone, is no news to it. */
const bankOwn: ReadonlySet<string> = new Set([
  ...(['bank-review', 'make', 'activate-financial', 'close-at-bank'] as const),
]);

function concernsBank({ status }: Card, { kind, moves }: CardStep): boolean {
  if (bankOwn.has(kind) || status === 'personalised') return false;
  return moves.card !== undefined || moves.financial !== undefined;
}

/** No person, no number but the card's own: the bank finds its account by that. A card of no bank has none. */
function messagesOf(card: Card, step: CardStep): readonly CardEvent[] {
  const { cardId, status, financial, oralLossUntil, origin, replacedBy } = card;
  const { issuingBank: bank, applicationNo, replaces } = origin;
  if (bank === undefined || !concernsBank(card, step)) return [];
  return [
    {
      topic: `card-${status}`,
      cardStep: { cardId, stepNo: step.stepNo },
      payload: {
        ...{ bank, cardId, step: String(step.stepNo), at: String(step.at), financial },
        ...(oralLossUntil !== undefined && { oralLossUntil: String(oralLossUntil) }),
        ...(applicationNo !== undefined && { applicationNo }),
        ...(replaces !== undefined && { replaces }),
        ...(replacedBy !== undefined && { replacedBy }),
      },
    },
  ];
}
