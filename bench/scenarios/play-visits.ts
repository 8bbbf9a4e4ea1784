import { setTimeout as sleep } from 'node:timers/promises';
import type { ChallengeDocument } from '../../engine/contract/challenge.ts';
import type { PopulationMember } from '../../engine/sandbox/seed/seed-population.ts';
import type { HttpAnswer, HttpSockets } from '../load/http-sockets.ts';
import { openHttpSockets } from '../load/http-sockets.ts';
import type { LoadCounter } from '../load/load-counter.ts';
import type { ChipOf } from '../load/make-sales.ts';
import type { LoadFigures, Tally } from '../load/tally.ts';
import { createTally, isApproved } from '../load/tally.ts';
import type { Visit } from './visits.ts';

export type VisitContext = {
  readonly url: string;
  readonly counterOf: (visit: Visit) => LoadCounter;
  /** The next customer of that kind, and their number. */
  readonly nextMember: (customer: Visit['customer']) => {
    readonly member: PopulationMember;
    readonly memberNo: number;
  };
  readonly chipOf: ChipOf;
};

/** What was sent, by what it was; `sales` are the right ones, first tries. */
export const exchangeKinds = ['sales', 'wrong-pin', 'duplicate', 'retry', 'refund'] as const;
export type ExchangeKind = (typeof exchangeKinds)[number];
export type VisitFigures = { readonly [Kind in ExchangeKind]: LoadFigures };

const AHEAD_MS = 2_000;
const AFTER_WRONG_PIN_MS = 6_000;
const DUPLICATE_AFTER_MS = 40;
const RETRY_AFTER_MS = 3_000;
const REFUND_AFTER_MS = 5_000;
const WRONG_PIN = '999999';

type Play = VisitContext & {
  readonly sockets: HttpSockets;
  readonly startAt: number;
  readonly tallies: { readonly [Kind in ExchangeKind]: Tally };
  readonly sent: { [Kind in ExchangeKind]: number };
};

/** Plays all visits, each at its time, whether or not earlier ones have ended. */
export async function playVisits(
  context: VisitContext,
  visits: readonly Visit[],
): Promise<VisitFigures> {
  const sockets = openHttpSockets(context.url);
  const startAt = performance.now() + AHEAD_MS;
  const byKind = <Value>(of: () => Value) =>
    Object.fromEntries(exchangeKinds.map((kind) => [kind, of()])) as Record<ExchangeKind, Value>;
  const tallies = byKind(() => createTally(startAt));
  const play: Play = { ...context, sockets, startAt, tallies, sent: byKind(() => 0) };
  await Promise.all(visits.map((visit) => playVisit(play, visit)));
  sockets.close();
  return Object.fromEntries(
    exchangeKinds.map((kind) => [kind, tallies[kind].figures(play.sent[kind])]),
  ) as Record<ExchangeKind, LoadFigures>;
}

async function playVisit(play: Play, visit: Visit): Promise<void> {
  const due = play.startAt + visit.at;
  await sleepUntil(due - AHEAD_MS);
  if (visit.customer === 'bankCustomers') return playBankSale(play, visit, due);
  const { member } = play.nextMember(visit.customer);
  const counter = play.counterOf(visit);
  const sale = counter.openSale(member, visit.lines);
  const challenge = await challengeFor(play, sale.challengeRequest());
  if (challenge === undefined) return;
  await sleepUntil(due);
  if (visit.trouble === 'wrong-pin') {
    await exchange(play, 'wrong-pin', sale.settle(challenge, WRONG_PIN)(), performance.now());
    await sleep(AFTER_WRONG_PIN_MS);
    const again = await challengeFor(play, sale.challengeRequest());
    if (again !== undefined) await exchange(play, 'sales', sale.settle(again)(), performance.now());
    return;
  }
  const sign = sale.settle(challenge);
  const first = exchange(play, 'sales', sign(), due);
  if (visit.trouble === 'duplicate') {
    await sleep(DUPLICATE_AFTER_MS);
    await exchange(play, 'duplicate', sign(), performance.now());
  }
  if (visit.trouble === 'retry') {
    await sleep(RETRY_AFTER_MS);
    await exchange(play, 'retry', sign(), performance.now());
  }
  const answer = await first;
  if (visit.trouble !== 'refund' || answer === undefined || !isApproved(answer)) return;
  await sleep(REFUND_AFTER_MS);
  const { settlementId } = JSON.parse(answer.body);
  await exchange(play, 'refund', counter.refundRequest(settlementId), performance.now());
}

async function playBankSale(play: Play, visit: Visit, due: number): Promise<void> {
  const { member, memberNo } = play.nextMember('bankCustomers');
  const counter = play.counterOf(visit);
  const challenge = await challengeFor(play, counter.challengeRequest(member, 'bank-debit'));
  if (challenge === undefined) return;
  const chip = play.chipOf({ counter, member, memberNo, tender: 'bank-debit' });
  const request = await counter.debitRequest(member, chip, challenge);
  await sleepUntil(due);
  await exchange(play, 'sales', request, due);
}

async function challengeFor(play: Play, request: Buffer): Promise<ChallengeDocument | undefined> {
  const answer = await send(play, request);
  return answer?.status === 201 ? (JSON.parse(answer.body) as ChallengeDocument) : undefined;
}

async function exchange(
  play: Play,
  kind: ExchangeKind,
  request: Buffer,
  due: number,
): Promise<HttpAnswer | undefined> {
  play.sent[kind] += 1;
  const sent = performance.now();
  const answer = await send(play, request);
  play.tallies[kind].count(answer, { due, sent, answered: performance.now() }, false);
  return answer;
}

function send({ sockets }: Play, request: Buffer): Promise<HttpAnswer | undefined> {
  const { promise, resolve } = Promise.withResolvers<HttpAnswer | undefined>();
  sockets.send(request, resolve);
  return promise;
}

async function sleepUntil(moment: number): Promise<void> {
  const ms = moment - performance.now();
  if (ms > 0) await sleep(ms);
}
