import { randomBytes } from 'node:crypto';
import type { EngineChild } from '../load/engine-child.ts';
import { startEngineChild } from '../load/engine-child.ts';

/** Engines on the one database. */
export type Fleet = Omit<FleetPlan, 'engines'> & { readonly engines: readonly MeasuredEngine[] };

export type FleetPlan = {
  readonly name: string;
  readonly engines: number;
  /** Each person buys at every engine, at the same time. */
  readonly isShared?: true;
};

export type MeasuredEngine = EngineChild & {
  /** Batches so far, and those among them that were decided anew or failed. */
  batches(): Promise<BatchCounts>;
};

export type BatchCounts = { readonly all: number; readonly failed: number };

export const fleetPlans = [
  { name: 'one engine', engines: 1 },
  { name: 'two, anybody at either', engines: 2 },
  { name: 'two, everybody at both at once', engines: 2, isShared: true },
] as const satisfies readonly FleetPlan[];

type Place = {
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly bankPort: number;
};

/** Starts the engines of a fleet; `stops` gets what ends them. */
export async function startFleet(
  plan: FleetPlan,
  place: Place,
  stops: (() => Promise<void>)[],
): Promise<Fleet> {
  const engines: MeasuredEngine[] = [];
  while (engines.length < plan.engines) {
    const engine = await startMeasuredEngine(place);
    stops.push(engine.stop);
    engines.push(engine);
  }
  return { ...plan, engines };
}

async function startMeasuredEngine(place: Place): Promise<MeasuredEngine> {
  const token = randomBytes(16).toString('hex');
  const settings = { YIKATONG_METRICS_TOKEN: token };
  const engine = await startEngineChild({ ...place, settings, profile: undefined });
  return {
    ...engine,
    async batches() {
      const headers = { authorization: `Bearer ${token}` };
      const page = await (await fetch(`${engine.url}/metrics`, { headers })).text();
      const all = /^yikatong_batch_seconds_count (\d+)/m.exec(page)?.[1];
      if (all === undefined) throw new Error('the engine does not count its batches');
      return { all: Number(all), failed: engine.log.get('batch failed') ?? 0 };
    },
  };
}

/** Which sales each engine of a fleet gets, in their order: the engines take turns. */
export function shareOut<Sale>(
  sales: readonly Sale[],
  { engines }: { readonly engines: readonly unknown[] },
): readonly (readonly Sale[])[] {
  return engines.map((_, engine) => sales.filter((_, index) => index % engines.length === engine));
}
