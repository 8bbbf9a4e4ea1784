import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Contender, ContenderId } from './contenders.ts';
import { CONTENDERS } from './contenders.ts';

/** One contender in one round, per bill. */
export type Slice = {
  readonly bills: number;
  readonly ns: number;
  /** CPU time of the whole process, all its threads. */
  readonly cpuNs: number;
};

export type RulesRound = { readonly [Id in ContenderId]: Slice };

export type RulesPlan = {
  readonly contenders: { readonly [Id in ContenderId]: Contender };
  /** Bills of one turn; a slice has whole turns, so that every sum can be checked. */
  readonly turn: number;
  readonly rounds: number;
  readonly sliceMs: number;
  readonly warmUpMs: number;
  readonly onRound: (round: number) => void;
};

/**
 * Warms every contender up, then measures them one after another, round by round, each round
 * beginning with another one; garbage is collected before a slice and as it comes within it.
 * @throws Error when two contenders' patients do not pay the same
 */
export async function measureRules(plan: RulesPlan): Promise<readonly RulesRound[]> {
  const { contenders, turn, rounds, sliceMs, warmUpMs, onRound } = plan;
  const collectGarbage = exposeGarbageCollection();
  const patientPay = await contenders.split(turn);
  const counts = new Map<ContenderId, number>();
  for (const id of CONTENDERS) {
    const nsPerBill = await warmUp(contenders[id], turn, warmUpMs);
    counts.set(id, Math.ceil((sliceMs * 1e6) / nsPerBill / turn) * turn);
  }
  const measured: RulesRound[] = [];
  for (let round = 0; round < rounds; round += 1) {
    onRound(round + 1);
    const slices: Partial<Record<ContenderId, Slice>> = {};
    for (const index of CONTENDERS.keys()) {
      const id = CONTENDERS[(index + round) % CONTENDERS.length];
      if (id === undefined) continue;
      const count = counts.get(id) ?? turn;
      collectGarbage();
      const { sum, ...slice } = await measureSlice(contenders[id], count);
      const expected = patientPay * (count / turn);
      if (sum !== expected) throw new Error(`${id}: patients pay ${sum}, not ${expected} fen`);
      slices[id] = slice;
    }
    measured.push(wholeRound(slices));
  }
  return measured;
}

async function measureSlice(contender: Contender, count: number) {
  const cpuBefore = process.cpuUsage();
  const before = process.hrtime.bigint();
  const sum = await contender(count);
  const elapsed = Number(process.hrtime.bigint() - before);
  const { user, system } = process.cpuUsage(cpuBefore);
  const cpuNs = ((user + system) * 1_000) / count;
  return { sum, bills: count, ns: elapsed / count, cpuNs };
}

/** Runs turns until the time is over; answers the last turn's ns per bill. */
async function warmUp(contender: Contender, turn: number, warmUpMs: number): Promise<number> {
  const end = process.hrtime.bigint() + BigInt(warmUpMs) * 1_000_000n;
  let ns = 0;
  while (process.hrtime.bigint() < end) ({ ns } = await measureSlice(contender, turn * 4));
  return ns;
}

function wholeRound(slices: Partial<Record<ContenderId, Slice>>): RulesRound {
  const sliceOf = (id: ContenderId): Slice => {
    const slice = slices[id];
    if (slice === undefined) throw new Error(`${id} was not measured`);
    return slice;
  };
  return {
    split: sliceOf('split'),
    explain: sliceOf('explain'),
    'json-rules-engine': sliceOf('json-rules-engine'),
    'zen-1': sliceOf('zen-1'),
    'zen-32': sliceOf('zen-32'),
  };
}

function exposeGarbageCollection(): () => void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('no garbage collection on demand');
  return () => {
    collect();
  };
}
