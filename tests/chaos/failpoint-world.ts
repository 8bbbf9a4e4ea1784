/**
 * One counter and one simulated engine with failpoints: real flows, virtual time, rows in memory, the bank's
 * own books. Nothing fails here but what is ordered, so what goes wrong is the order's doing.
 */

import { createHash } from 'node:crypto';
import type { RequestKey } from '../../engine/base/ids/ids.ts';
import type { RenderedAnswer } from '../../engine/domain/request/request-record.ts';
import type { FailpointOrder, Failpoints } from '../../engine/failpoints/failpoints.ts';
import { createFailpoints, isName } from '../../engine/failpoints/failpoints.ts';
import type { Around, FailpointName } from '../../engine/failpoints/names.ts';
import type { FailpointFlow } from '../../engine/failpoints/wrap.ts';
import { flowRunner, withFailpoints, withHttpFailpoints } from '../../engine/failpoints/wrap.ts';
import type { Caller, FlowDeps } from '../../engine/flows/deps.ts';
import { handleLateApproval } from '../../engine/flows/leg/handle-late-approval.ts';
import type { BankLateAnswer } from '../../engine/ports/bank.ts';
import type { Terminal } from '../../engine/ports/reference.ts';
import { dongguanPharmacy, MORNING } from '../support/domain/builders.ts';
import { type CheckLog, checkEverything, createCheckLog, isFinal } from '../support/sim-check.ts';
import type { Process, Scheduler } from '../support/sim-scheduler.ts';
import { createScheduler } from '../support/sim-scheduler.ts';
import type { Plant, SimEngine, SimWorld } from '../support/sim-world.ts';
import { createSimWorld } from '../support/sim-world.ts';

/** Orders of a run: the first holds from the beginning, each further one once the one before it has fired. */
export type Plan = readonly FailpointOrder[];

export type FailpointWorld = {
  readonly scheduler: Scheduler;
  readonly world: SimWorld;
  readonly log: CheckLog;
  readonly failpoints: Failpoints;
  readonly caller: Caller;
  readonly process: Process;
  /** Every point that was met, in order. */
  readonly met: readonly FailpointName[];
  readonly fired: readonly FailpointOrder[];
  /** Kills the engine, as kill -9 does; another one is started a little later. */
  kill(): void;
  /** One request over the wire; undefined: no answer came. */
  ask(flow: FailpointFlow, run: RunOnEngine): Promise<RenderedAnswer | undefined>;
  /** The bank's answer to something that was given up reaches the engine. */
  late(answer: BankLateAnswer): void;
  /** The same bytes again, now and then an enquiry, until there is a final answer. */
  insist(flow: FailpointFlow, key: RequestKey, run: RunOnEngine): Promise<RenderedAnswer>;
};

export type RunOnEngine = (deps: FlowDeps, engine: SimEngine) => Promise<RenderedAnswer>;

const RESTART_MS = 2_000;
const PATIENCE_MS = 70_000;
const RETRY_MS = 3_000;
const ATTEMPTS_MAX = 600;

/** Builds the world for a run; `plan` may be empty. `plant`: a bug, to see whether the books show it. */
export function createFailpointWorld(seed: number, plan: Plan, plant: Plant = {}): FailpointWorld {
  const scheduler = createScheduler(seed, MORNING);
  const log = createCheckLog();
  const met: FailpointName[] = [];
  const fired: FailpointOrder[] = [];
  const process: Process = { name: 'counter', isAlive: true, pausedUntil: 0 };
  const outside: Process = { name: 'supervisor', isAlive: true, pausedUntil: 0 };
  const kill = (): void => {
    world.engine.process.isAlive = false;
    scheduler.after(RESTART_MS, outside, () => {
      if (!world.engine.process.isAlive) world.startEngine();
    });
  };
  const failpoints = createFailpoints([], {
    // One turn later, because a job looks what is due while its engine is still being started.
    sleep: (ms) => Promise.resolve().then(() => scheduler.later(ms, world.engine.process)),
    exit: () => queueMicrotask(kill),
    onMet: (name) => met.push(name),
    onFire: (order) => {
      fired.push(order);
      const next = plan[fired.length];
      if (next !== undefined) failpoints.arm(next);
    },
  });
  const [first] = plan;
  if (first !== undefined) failpoints.arm(first);
  const around: Around = (step, run) => {
    if (!isName(`${step}.before`)) log.violation(`${step} is not in the list of failpoints`);
    return failpoints.around(step, run);
  };
  const jobDeps = (deps: FlowDeps) => withFailpoints(withBatchPoints(deps, around), 'job', around);
  const world = createSimWorld(scheduler, log, { ...plant, jobDeps });
  world.database.isFaulty = false;
  world.host.isFaulty = false;
  const [terminal] = world.terminals as readonly [Terminal];
  const caller: Caller = { terminal, institution: dongguanPharmacy };
  const ask = (flow: FailpointFlow, run: RunOnEngine) =>
    exchange({ scheduler, process, engine: world.engine }, async (engine) => {
      const reference = withHttpFailpoints(engine.deps.reference, around);
      await reference.findTerminal(terminal.id);
      await reference.findInstitution(terminal.institution);
      const deps = withBatchPoints(engine.deps, around);
      return flowRunner(deps, around)(flow, (own) => run(own, engine));
    });
  const late = (answer: BankLateAnswer): void => {
    const { deps, process: engine } = world.engine;
    const own = withFailpoints(withBatchPoints(deps, around), 'late', around);
    const legsOfTrace = async () =>
      [...world.database.memory.bankLegs.values()].filter(({ stan }) => stan === answer.stan);
    scheduler.after(2, engine, () => {
      handleLateApproval(own, { legsOfTrace }, answer).catch(() => undefined);
    });
  };
  const made = { scheduler, world, log, failpoints, caller, process, met, fired, kill, ask, late };
  return { ...made, insist: (flow, key, run) => insist(made, { flow, key, run }) };
}

/** What the batch writer does around a write: a write that ends in an exception is in doubt, and done anew. */
function withBatchPoints(deps: FlowDeps, around: Around): FlowDeps {
  const { store, clock } = deps;
  return {
    ...deps,
    store: {
      ...store,
      async execute(command) {
        for (;;) {
          try {
            await around('batch.read', () => clock.sleep(1));
            return await around('batch.write', () => store.execute(command));
          } catch {
            await clock.sleep(20);
          }
        }
      },
    },
  };
}

type Wire = {
  readonly scheduler: Scheduler;
  readonly process: Process;
  readonly engine: SimEngine;
};

/** One round trip; what the engine throws is an answer that nobody can use. */
function exchange(
  { scheduler, process, engine }: Wire,
  call: (engine: SimEngine) => Promise<RenderedAnswer>,
): Promise<RenderedAnswer | undefined> {
  return new Promise((resolve) => {
    scheduler.after(PATIENCE_MS, process, () => resolve(undefined));
    scheduler.after(2, engine.process, () => {
      call(engine).then(
        (answer) => scheduler.after(2, process, () => resolve(answer)),
        () => scheduler.after(2, process, () => resolve(undefined)),
      );
    });
  });
}

type Insisting = {
  readonly flow: FailpointFlow;
  readonly key: RequestKey;
  readonly run: RunOnEngine;
};

async function insist(
  counter: Omit<FailpointWorld, 'insist'>,
  { flow, key, run }: Insisting,
): Promise<RenderedAnswer> {
  const { scheduler, log, caller, process } = counter;
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const answer = await counter.ask(flow, run);
    if (answer !== undefined) {
      log.told.push({ terminalId: caller.terminal.id, requestKey: key, answer });
      if (isFinal(answer)) return answer;
    }
    await scheduler.later(RETRY_MS, process);
  }
  throw new Error(`no final answer to ${key}`);
}

/** Runs what the counter does to its end, lets everything heal, and looks at all the books. */
export async function runToTheEnd(
  counter: FailpointWorld,
  work: () => Promise<void>,
): Promise<readonly string[]> {
  const { scheduler, world, log, failpoints } = counter;
  let isDone = false;
  let failure: string | undefined;
  work()
    .catch((error: unknown) => {
      failure = error instanceof Error ? error.message : String(error);
    })
    .finally(() => {
      isDone = true;
    });
  await runWhile(scheduler, () => !isDone, LONGEST_MS);
  if (!isDone) failure ??= 'the counter never ended';
  failpoints.release();
  world.host.isMute = false;
  await runWhile(scheduler, () => isOpen(world), LONGEST_MS);
  checkEverything(world, log);
  return failure === undefined ? [...log.violations] : [failure, ...log.violations];
}

const LONGEST_MS = 60 * 60_000;
const STEP_MS = 5_000;

async function runWhile(
  scheduler: Scheduler,
  goesOn: () => boolean,
  longestMs: number,
): Promise<void> {
  const end = scheduler.now() + longestMs;
  // One step more, so that what was sent last has arrived.
  for (let more = 1; more >= 0 && scheduler.now() < end; more -= goesOn() ? 0 : 1) {
    await scheduler.runUntil(scheduler.now() + STEP_MS);
  }
}

function isOpen({ database }: SimWorld): boolean {
  const { bankLegs, settlements, requests, refunds } = database.memory;
  return (
    [...bankLegs.values()].some(({ nextAttemptAt }) => nextAttemptAt !== undefined) ||
    [...settlements.values()].some(({ deadline }) => deadline !== undefined) ||
    [...requests.values()].some(({ state }) => state !== 'final') ||
    [...refunds.values()].some(({ state }) => state === 'running')
  );
}

/** SHA-256 of a body, hex. */
export function fingerprintOf(body: object): string {
  return createHash('sha256').update(JSON.stringify(body)).digest('hex');
}
