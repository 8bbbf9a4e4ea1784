/**
 * One terminal at the simulator's world, whose engines break at failpoints. Nothing fails here but what is
 * ordered, so what goes wrong is the order's doing.
 */
import type { FailpointOrder, Failpoints } from '../../engine/failpoints/failpoints.ts';
import { createFailpoints, isName } from '../../engine/failpoints/failpoints.ts';
import type { Around, FailpointName } from '../../engine/failpoints/names.ts';
import type { EngineClient } from '../../terminal-adapter/client/engine-client.ts';
import type { EngineResult } from '../../terminal-adapter/client/engine-result.ts';
import { createAuditor } from '../simulation/auditor/auditor.ts';
import type { SimCounter } from '../simulation/world/counter.ts';
import type { Plant } from '../simulation/world/engine.ts';
import type { Plan } from '../simulation/world/plan.ts';
import { createProcess, type Process, type Scheduler } from '../simulation/world/scheduler.ts';
import { connectTerminal } from '../simulation/world/terminal-wire.ts';
import { dieEngine } from '../simulation/world/trouble.ts';
import { createWorld, type World } from '../simulation/world/world.ts';

/** Orders of a run: the first holds from the beginning, each further one once the one before it has fired. */
export type Orders = readonly FailpointOrder[];

export type FailpointRun = {
  readonly world: World;
  readonly failpoints: Failpoints;
  readonly client: EngineClient;
  /** The terminal. */
  readonly process: Process;
  /** Every point that was met, in order. */
  readonly met: readonly FailpointName[];
  readonly fired: readonly FailpointOrder[];
  /** What the scenario itself found wrong. */
  readonly violations: string[];
  /** Kills the engine, as kill -9 does; another one is started a little later. */
  kill(): void;
};

const RESTART_MS = 2_000;
const RETRY_MS = 3_000;
const ATTEMPTS_MAX = 600;

/** One terminal that sells nothing by itself, and nothing that goes wrong by itself. */
const quiet: Omit<Plan, 'seed'> = {
  start: 'morning',
  troubleMs: 0,
  terminals: 1,
  salesPerTerminal: 0,
  crowd: 'many',
  refundOrder: 'keep',
  widestJumpMs: 0,
  isWakingLate: false,
  rates: {},
};

/** Builds the world of a run; there may be no orders. `plant`: a bug, to see whether the audit finds it. */
export function createFailpointRun(seed: number, orders: Orders, plant: Plant = {}): FailpointRun {
  const met: FailpointName[] = [];
  const fired: FailpointOrder[] = [];
  const violations: string[] = [];
  const kill = (): void => dieEngine(world, RESTART_MS);
  const failpoints = createFailpoints(orders.slice(0, 1), {
    // One turn later, because a job looks what is due while its engine is still being started.
    sleep: (ms) => Promise.resolve().then(() => world.scheduler.later(ms, newestOf(world))),
    exit: () => queueMicrotask(kill),
    onMet: (name) => met.push(name),
    onFire: (order) => {
      fired.push(order);
      const next = orders[fired.length];
      if (next !== undefined) failpoints.arm(next);
    },
  });
  const around: Around = (step, run) => {
    if (!isName(`${step}.before`)) violations.push(`${step} is not in the list of failpoints`);
    return failpoints.around(step, run);
  };
  const world = createWorld({
    plan: { seed, ...quiet },
    plant,
    around,
    // The terminal of a run has no disk: what it was told is audited, and what the books say.
    createAuditor: (options) => createAuditor({ ...options, counters: [] }),
  });
  world.startEngine();
  const process = createProcess('terminal', 'terminal');
  const client = clientOf(world, process);
  return { world, failpoints, client, process, met, fired, violations, kill };
}

function newestOf({ engines }: World): Process {
  const newest = engines.list.at(-1);
  if (newest === undefined) throw new Error('an engine is started before anything is asked');
  return newest.process;
}

function clientOf(world: World, terminal: Process): EngineClient {
  const { scheduler, faults, streams, auditor } = world;
  const [counter] = world.counters as readonly [SimCounter];
  return connectTerminal({
    ...{ scheduler, faults, terminal, random: streams('terminal') },
    terminalId: counter.name,
    reach: world.reach,
    onSaid(key, answer) {
      if (key !== undefined) auditor.said(counter.name, key, answer);
    },
  });
}

/** The same bytes again, until there is a final answer. */
export async function insist<Body>(
  { world, process }: FailpointRun,
  send: () => Promise<EngineResult<Body>>,
): Promise<EngineResult<Body>> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const result = await send();
    if (result.kind === 'approved') return result;
    if (result.kind === 'declined' && result.refusal.retry !== 'same-key') return result;
    await world.scheduler.later(RETRY_MS, process);
  }
  throw new Error('no final answer to a key');
}

/** Runs what the terminal does to its end, lets everything heal, and looks at all the books. */
export async function runToTheEnd(
  run: FailpointRun,
  work: () => Promise<void>,
): Promise<readonly string[]> {
  const { world, failpoints, violations } = run;
  const { scheduler, auditor, bank } = world;
  let isDone = false;
  work()
    .catch((error: unknown) => {
      violations.push(error instanceof Error ? error.message : String(error));
    })
    .finally(() => {
      isDone = true;
    });
  await runWhile(scheduler, () => !isDone);
  if (!isDone) violations.push('the terminal never ended');
  failpoints.release();
  bank.isMute = false;
  auditor.healed();
  await runWhile(scheduler, () => !auditor.isQuiet());
  await auditor.atEnd();
  bank.close();
  return [...violations, ...auditor.violations.map(({ text }) => text)];
}

const LONGEST_MS = 60 * 60_000;
const STEP_MS = 5_000;

async function runWhile(scheduler: Scheduler, goesOn: () => boolean): Promise<void> {
  const end = scheduler.now() + LONGEST_MS;
  // One step more, so that what was sent last has arrived.
  for (let more = 1; more >= 0 && scheduler.now() < end; more -= goesOn() ? 0 : 1) {
    await scheduler.runUntil(scheduler.now() + STEP_MS);
  }
}
