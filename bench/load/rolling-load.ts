import type { ChallengeDocument } from '../../engine/contract/challenge.ts';
import type { ChipOf, PreparedSale } from './make-sales.ts';
import { makeSale } from './make-sales.ts';
import { runOpenLoop } from './open-loop.ts';
import type { Sale } from './settlement-source.ts';
import type { LoadFigures } from './tally.ts';
import { createTally } from './tally.ts';

export type RollingLoad = {
  readonly url: string;
  /** Moments of the settlements, ms from the start. */
  readonly arrivals: readonly number[];
  readonly nextSale: () => Sale;
  readonly chipOf: ChipOf;
};

/** Name, among the refusals, of settlements whose challenge came too late or not at all. */
export const NOT_PREPARED = 'not prepared in time';
/** How long before its settlement each challenge is requested, ms. */
const AHEAD_MS = 2_000;
const AHEAD_WARM_MS = 500;

/**
 * An open loop in which the terminals' work is part of the load: every sale asks for its challenge two
 * seconds before its settlement is due. The figures are of the settlements alone.
 */
export async function runRollingLoad(load: RollingLoad): Promise<LoadFigures> {
  const { url, arrivals, nextSale, chipOf } = load;
  const sales = new Map<number, Sale>();
  const prepared = new Map<number, PreparedSale>();
  const startAt = performance.now() + AHEAD_WARM_MS;
  const settleFrom = startAt + AHEAD_MS;
  const tally = createTally(settleFrom);
  const make = async (index: number, challenge: ChallengeDocument) => {
    const sale = sales.get(index);
    sales.delete(index);
    if (sale !== undefined) prepared.set(index, await makeSale(sale, challenge, chipOf));
  };
  const challenges = runOpenLoop({
    ...{ url, arrivals, startAt },
    requestOf: (index) => {
      const sale = nextSale();
      sales.set(index, sale);
      return sale.counter.challengeRequest(sale.member, sale.tender);
    },
    onAnswer: (index, answer) => {
      if (answer?.status !== 201) sales.delete(index);
      // A request that could not be made is counted when it is due.
      else make(index, JSON.parse(answer.body)).catch(() => undefined);
    },
  });
  const bankLegs = new Set<number>();
  const settlements = runOpenLoop({
    ...{ url, arrivals, startAt: settleFrom },
    requestOf: (index) => {
      const sale = prepared.get(index);
      prepared.delete(index);
      if (sale?.hasBankLeg) bankLegs.add(index);
      return sale?.request;
    },
    onAnswer: (index, answer, times) => tally.count(answer, times, bankLegs.delete(index)),
  });
  const [{ sent, unprepared }] = await Promise.all([settlements, challenges]);
  const figures = tally.figures(sent);
  if (unprepared === 0) return figures;
  return { ...figures, refusals: { ...figures.refusals, [NOT_PREPARED]: unprepared } };
}
