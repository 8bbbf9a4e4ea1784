import { mulberry32 } from '../../tests/support/random.ts';
import { curveArrivals, curveThrough } from '../load/arrivals.ts';
import type { PlaceKind, Scenario, Trouble } from './scenario.ts';
import { minuteOf } from './scenario.ts';

/** One customer at one counter. */
export type Visit = {
  /** ms from the start of the run. */
  readonly at: number;
  readonly place: PlaceKind;
  /** Which one of its kind, 0 to below the number of places; 0 is the busiest. */
  readonly placeNo: number;
  readonly customer: 'shoppers' | 'residents' | 'bankCustomers';
  readonly lines: number;
  readonly trouble: Trouble | undefined;
};

export type VisitPlan = {
  readonly durationMs: number;
  /** Visits a second at the busiest moment. */
  readonly peakPerSecond: number;
  readonly places: { readonly [Kind in PlaceKind]: number };
};

/** The scenario's day, compressed into `durationMs`. The same seed gives the same day. Pure. */
export function makeVisits(scenario: Scenario, plan: VisitPlan): Visit[] {
  const random = mulberry32(scenario.seed);
  const [opens, closes] = [minuteOf(scenario.opens), minuteOf(scenario.closes)];
  const share = curveThrough(
    scenario.curve.map(([hour, height]) => [(minuteOf(hour) - opens) / (closes - opens), height]),
  );
  return curveArrivals({ ...plan, random, share }).map((at) =>
    makeVisit(scenario, plan, random, at),
  );
}

function makeVisit(scenario: Scenario, plan: VisitPlan, random: () => number, at: number): Visit {
  const { places, bankShare, residentShare, busiestPlaceShare } = scenario;
  const place = random() < places.pharmacy.share ? 'pharmacy' : 'health-centre';
  const isBusiest = random() < busiestPlaceShare;
  const placeNo = isBusiest ? 0 : Math.floor(random() * plan.places[place]);
  const isBank = random() < bankShare;
  const isResident = random() < residentShare && place === 'health-centre';
  return {
    ...{ at, place, placeNo },
    customer: isBank ? 'bankCustomers' : isResident ? 'residents' : 'shoppers',
    lines: Number(draw(places[place].lines, random) ?? 1),
    // A terminal does not repeat a bank debit: the engine finds out what the bank has done.
    trouble: isBank ? undefined : (draw(scenario.trouble, random) as Trouble | undefined),
  };
}

/** One of the names, each with its share; undefined for what is left to 1. */
function draw(
  shares: { readonly [name: string]: number },
  random: () => number,
): string | undefined {
  let left = random();
  for (const [name, share] of Object.entries(shares)) {
    left -= share;
    if (left < 0) return name;
  }
  return undefined;
}
