import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerCounts } from '../findings/server-counters.ts';
import type { BankProcess } from '../load/bank-process.ts';
import type { MeasuredServer } from '../load/bench-database.ts';
import { cpuTimeOf, machineTimes } from '../load/cpu-time.ts';
import type { EngineChild } from '../load/engine-child.ts';
import type { LoadProcess } from '../load/load-process.ts';
import type { LoadFigures } from '../load/tally.ts';
import type { CpuParts, LoadPart, ServerUse } from './samples.ts';

/** An engine and the server of its database. */
export type Target = { readonly engine: EngineChild; readonly server: MeasuredServer };

/** The processes that belong to the benchmark beside the target. */
export type Helpers = {
  readonly bank: Pick<BankProcess, 'pid'>;
  readonly load: Pick<LoadProcess, 'pid'>;
};

/** Backends report some counters once a second; parts shorter than this do not wait for them. */
const REPORTED_MS = 1_200;
const REPORTED_FROM_MS = 2_900;

/**
 * Runs a load from a fresh checkpoint and measures what engine, server and machine do meanwhile.
 * @param work sends the load and resolves with what it brought
 */
export async function measurePart(
  helpers: Helpers,
  target: Target,
  work: () => Promise<LoadFigures>,
): Promise<LoadPart> {
  const { engine, server } = target;
  await server.checkpoint();
  const countsBefore = await server.counts();
  await engine.takeDelays();
  const stopSyncs = server.watchSyncs();
  const [before, startedAt] = [cpuSince(helpers, target), performance.now()];
  const load = await work();
  const cpuMs = difference(before, cpuSince(helpers, target));
  const wallMs = performance.now() - startedAt;
  const delays = { ...(await engine.takeDelays()), syncs: await stopSyncs() };
  return { load, cpuMs, wallMs, delays, server: await serverUse(server, countsBefore, wallMs) };
}

/** CPU time that each process has used since it started. */
function cpuSince({ bank, load }: Helpers, { engine, server }: Target): CpuParts {
  const times = machineTimes();
  const parts = {
    generator: cpuTimeOf(load.pid, 'alone'),
    engine: cpuTimeOf(engine.pid, 'alone'),
    database:
      server.serverPid === undefined ? undefined : cpuTimeOf(server.serverPid, 'with-children'),
  };
  const known = [...Object.values(parts), cpuTimeOf(bank.pid, 'alone')];
  const others = known.reduce(
    (left, part) => (left === undefined || part === undefined ? undefined : left - part),
    times?.used,
  );
  return { ...parts, others, stolen: times?.stolen, waited: times?.waited };
}

function difference(before: CpuParts, after: CpuParts): CpuParts {
  const spent = (part: keyof CpuParts) => {
    const [from, to] = [before[part], after[part]];
    return from === undefined || to === undefined ? undefined : to - from;
  };
  return {
    ...{ generator: spent('generator'), engine: spent('engine') },
    ...{ database: spent('database'), others: spent('others') },
    ...{ stolen: spent('stolen'), waited: spent('waited') },
  };
}

async function serverUse(
  server: MeasuredServer,
  before: ServerCounts | undefined,
  wallMs: number,
): Promise<ServerUse | undefined> {
  const now = await server.counts();
  if (before === undefined || now === undefined) return undefined;
  const exact = { writes: now.writes - before.writes, walBytes: now.walBytes - before.walBytes };
  if (wallMs < REPORTED_FROM_MS) return exact;
  await sleep(REPORTED_MS);
  const late = await server.counts();
  if (late === undefined) return exact;
  return {
    ...exact,
    fullPages: late.fullPages - before.fullPages,
    walSyncs: late.walSyncs - before.walSyncs,
  };
}
