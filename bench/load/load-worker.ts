/**
 * The process that makes the load: it holds the counters, the chips and the prepared requests, and
 * carries out one order after another. See load-orders.ts.
 */
import { randomBytes } from 'node:crypto';
import { createVirtualCard } from '../../terminal-adapter/virtual-card/virtual-card.ts';
import { mulberry32 } from '../../tests/support/random.ts';
import { plainRequest } from '../peers/plain-request.ts';
import type { VisitFigures } from '../scenarios/play-visits.ts';
import { playVisits } from '../scenarios/play-visits.ts';
import { readScenario } from '../scenarios/scenario.ts';
import type { Visit } from '../scenarios/visits.ts';
import { makeVisits } from '../scenarios/visits.ts';
import { poissonArrivals } from './arrivals.ts';
import type { BenchPopulation } from './bench-population.ts';
import { describeBenchPopulation } from './bench-population.ts';
import { runClosedLoop } from './closed-loop.ts';
import { openHttpSockets } from './http-sockets.ts';
import { openLoadCounter } from './load-counter.ts';
import type { LoadAnswer, LoadMessage, LoadOrder, OpenPlan, OrderFigures } from './load-orders.ts';
import type { ChipOf, PreparedSale } from './make-sales.ts';
import { prepareSales } from './make-sales.ts';
import { runOpenLoop } from './open-loop.ts';
import { runRollingLoad } from './rolling-load.ts';
import type { SaleSource } from './settlement-source.ts';
import { createSaleSource } from './settlement-source.ts';
import type { LoadFigures } from './tally.ts';
import { createTally } from './tally.ts';

let population: BenchPopulation | undefined;
let prepared: readonly PreparedSale[] = [];
const sources = new Map<string, SaleSource>();
const chips = new Map<number, ReturnType<typeof createVirtualCard>>();

const chipOf: ChipOf = ({ member, memberNo }) => {
  const { personalisation } = member.issue();
  const random = (count: number) => randomBytes(count);
  const chip = chips.get(memberNo) ?? createVirtualCard(personalisation, { random });
  chips.set(memberNo, chip);
  return chip;
};

async function carryOut(order: LoadOrder): Promise<OrderFigures> {
  switch (order.do) {
    case 'open':
      population = describeBenchPopulation(order.folder, order);
      return undefined;
    case 'sign-in':
      sources.set(order.url, await signIn(order.url));
      return undefined;
    case 'prepare': {
      const { next } = sourceOf(order.url);
      const sales = Array.from({ length: order.count }, () => next(order.mix, order.bankShare));
      prepared = await prepareSales(sales, { url: order.url, chipOf });
      return undefined;
    }
    case 'prepare-plain':
      prepared = Array.from({ length: order.count }, (_, i) => ({
        request: plainRequest(order.url, i, order),
        hasBankLeg: false,
      }));
      return undefined;
    case 'closed':
      return closedLoop(order);
    case 'open-loop':
      return openLoop(order);
    case 'rolling': {
      const { next } = sourceOf(order.url);
      const nextSale = () => next(order.mix, order.bankShare);
      return runRollingLoad({ url: order.url, arrivals: arrivalsOf(order), nextSale, chipOf });
    }
    case 'visits':
      return playMorning(order);
  }
}

function playMorning(order: LoadOrder & { do: 'visits' }): Promise<VisitFigures> {
  const { nextMember, pharmacies, centres } = sourceOf(order.url);
  const places = { pharmacy: pharmacies.length, 'health-centre': centres.length };
  const visits = makeVisits(readScenario(order.scenario), { ...order, places });
  const counterOf = ({ place, placeNo }: Visit) => {
    const counter = (place === 'pharmacy' ? pharmacies : centres)[placeNo];
    if (counter === undefined) throw new Error('every place has its counter');
    return counter;
  };
  return playVisits({ url: order.url, counterOf, nextMember, chipOf }, visits);
}

async function signIn(url: string): Promise<SaleSource> {
  if (population === undefined) throw new Error('there is no population yet');
  const { folder, counters } = population;
  const open = counters.map((counter) => openLoadCounter(counter, { url, folder }));
  return createSaleSource(population, await Promise.all(open));
}

function sourceOf(url: string): SaleSource {
  const source = sources.get(url);
  if (source === undefined) throw new Error(`nobody is signed in at ${url}`);
  return source;
}

function takePrepared(): readonly PreparedSale[] {
  const taken = prepared;
  prepared = [];
  return taken;
}

async function closedLoop(order: LoadOrder & { do: 'closed' }): Promise<LoadFigures> {
  const sales = takePrepared();
  const tally = createTally(performance.now());
  const { sent } = await runClosedLoop({
    ...order,
    requests: sales.map(({ request }) => request),
    onAnswer: (index, answer, times) =>
      tally.count(answer, times, sales[index]?.hasBankLeg ?? false),
  });
  return tally.figures(sent);
}

/** Connections that are open from the start; more are opened when all are busy. */
const COUNTERS = 2_000;

function arrivalsOf({ perSecond, durationMs, seed }: OpenPlan): number[] {
  return poissonArrivals({ perSecond, durationMs, random: mulberry32(seed) });
}

async function openLoop(order: OpenPlan): Promise<LoadFigures> {
  const sales = takePrepared();
  const sockets = openHttpSockets(order.url);
  await sockets.openAhead(COUNTERS);
  const startAt = performance.now();
  const tally = createTally(startAt);
  const { sent, unprepared } = await runOpenLoop({
    ...{ url: order.url, arrivals: arrivalsOf(order), startAt, sockets },
    requestOf: (index) => sales[index]?.request,
    onAnswer: (index, answer, times) =>
      tally.count(answer, times, sales[index]?.hasBankLeg ?? false),
  });
  const figures = tally.figures(sent);
  return { ...figures, refusals: { ...figures.refusals, ...(unprepared > 0 && { unprepared }) } };
}

process.on('message', ({ id, order }: LoadMessage) => {
  const answer = (message: LoadAnswer) => process.send?.(message);
  carryOut(order).then(
    (figures) => answer({ id, ok: true, figures }),
    (error) => answer({ id, ok: false, error: String(error) }),
  );
});
// Ctrl-C reaches the whole process group; the benchmark's main process handles it.
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.exit(0));
