import { randomBytes } from 'node:crypto';
import type { EngineChild } from '../load/engine-child.ts';
import { startEngineChild } from '../load/engine-child.ts';

/** Engines of one setting on the one database, and which of them gets which sale. */
export type Fleet = Omit<FleetPlan, 'engines'> & { readonly engines: readonly MeasuredEngine[] };

export type FleetPlan = {
  readonly name: string;
  readonly engines: number;
  readonly shards: 'any' | 'own';
  /** Each person buys at every engine, at the same time. */
  readonly isShared?: true;
};

export type MeasuredEngine = EngineChild & {
  /** Batches so far, and those among them that were decided anew or failed. */
  batches(): Promise<BatchCounts>;
};

export type BatchCounts = { readonly all: number; readonly failed: number };

export const fleetPlans = [
  { name: 'one engine', engines: 1, shards: 'any' },
  { name: 'two, anybody at either', engines: 2, shards: 'any' },
  { name: 'two, everybody at both at once', engines: 2, shards: 'any', isShared: true },
  { name: 'two that divide the shards', engines: 2, shards: 'own' },
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
    const engine = await startMeasuredEngine(plan, place);
    stops.push(engine.stop);
    engines.push(engine);
  }
  return { ...plan, engines };
}

async function startMeasuredEngine({ shards }: FleetPlan, place: Place): Promise<MeasuredEngine> {
  const token = randomBytes(16).toString('hex');
  const settings = { YIKATONG_METRICS_TOKEN: token, YIKATONG_SHARDS: shards };
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

/**
 * Which sales each engine of a fleet gets, in their order: in turn, or by the owner of the person's shard.
 * @param ownerOf place of the owner among the engines
 */
export function shareOut<Sale>(
  sales: readonly Sale[],
  { engines, shards }: Pick<Fleet, 'shards'> & { readonly engines: readonly unknown[] },
  ownerOf: (sale: Sale) => number,
): readonly (readonly Sale[])[] {
  return engines.map((_, engine) =>
    sales.filter((sale, index) =>
      shards === 'own' ? ownerOf(sale) === engine : index % engines.length === engine,
    ),
  );
}
