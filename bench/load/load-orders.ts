import type { PeerWorld } from '../peers/plain-request.ts';
import type { VisitFigures } from '../scenarios/play-visits.ts';
import type { SaleMix } from './settlement-source.ts';
import type { LoadFigures } from './tally.ts';

/**
 * Messages between the benchmark and the load process. Requests are prepared first (challenge, chip
 * cryptogram,
 * PIN block, signature: the terminals' work) and sent while measuring; `rolling` prepares them on the way,
 * for
 * runs that are longer than the 60 s for which a challenge is valid.
 */
export type LoadOrder =
  | { readonly do: 'open'; readonly folder: string; readonly people: number }
  | { readonly do: 'sign-in'; readonly url: string }
  | ({ readonly do: 'prepare'; readonly url: string; readonly count: number } & SaleKind)
  | ({ readonly do: 'prepare-plain'; readonly url: string; readonly count: number } & PeerWorld)
  | {
      readonly do: 'closed';
      readonly url: string;
      readonly connections: number;
      readonly durationMs: number;
    }
  | ({ readonly do: 'open-loop' } & OpenPlan)
  | ({ readonly do: 'rolling' } & OpenPlan & SaleKind)
  | {
      readonly do: 'visits';
      readonly url: string;
      /** Name of a file in bench/scenarios. */
      readonly scenario: string;
      readonly durationMs: number;
      readonly peakPerSecond: number;
    };

export type SaleKind = {
  readonly mix: SaleMix;
  /** Share of the sales of which a bank pays all, 0 to 1. */
  readonly bankShare: number;
};

export type OpenPlan = {
  readonly url: string;
  readonly perSecond: number;
  readonly durationMs: number;
  /** Of the arrivals. */
  readonly seed: number;
};

export type LoadAnswer =
  | { readonly id: number; readonly ok: true; readonly figures: OrderFigures }
  | { readonly id: number; readonly ok: false; readonly error: string };

/** `visits` has figures by kind of request; orders that only prepare have none. */
export type OrderFigures = LoadFigures | VisitFigures | undefined;

export type LoadMessage = { readonly id: number; readonly order: LoadOrder };
