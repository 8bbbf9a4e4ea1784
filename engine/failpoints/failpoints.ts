/**
 * Failpoints break a running engine at a named step, for tests and rehearsals. An engine without orders is
 * built without them, so they cost nothing; production mode refuses to start with one.
 */
import type { Around, FailpointName, FailpointStep } from './names.ts';
import { failpointNames } from './names.ts';

/**
 * throw: the step throws. exit: the process ends, as by kill -9. hang: the step stops for `ms` or until
 * `release`. slow: the step takes `ms` longer. twice: the step runs a second time; at `before` and `sent`
 * the first result counts, at `after` the second.
 */
export const failpointKinds = ['throw', 'exit', 'hang', 'slow', 'twice'] as const;
export type FailpointKind = (typeof failpointKinds)[number];

export type FailpointOrder = {
  readonly name: FailpointName;
  readonly kind: FailpointKind;
  /** Duration of hang and slow; undefined: until `release`, or `SLOW_MS`. */
  readonly ms?: number;
  /** Fires only the nth time the point is reached, from 1; undefined: every time. */
  readonly nth?: number;
};

/** Thrown by a failpoint of kind `throw`. */
export class FailpointError extends Error {
  override readonly name = 'FailpointError';
}

export type Failpoints = {
  readonly around: Around;
  /** Adds orders; their `nth` counts from now. */
  arm(...orders: readonly FailpointOrder[]): void;
  /** Removes all orders and resumes every hanging step. */
  release(): void;
};

export type FailpointOptions = {
  readonly sleep: (ms: number) => Promise<void>;
  /** Ends the process at once; the caller never continues. */
  readonly exit: () => void;
  /** Called at every point that is reached, with or without an order. */
  readonly onMet?: (name: FailpointName) => void;
  /** Called before an order is executed. */
  readonly onFire?: (order: FailpointOrder) => void;
};

/** Default duration of slow, ms. */
const SLOW_MS = 1_000;

/** Creates failpoints with these orders; more may be added with `arm`. */
export function createFailpoints(
  orders: readonly FailpointOrder[],
  options: FailpointOptions,
): Failpoints {
  let armed: { readonly order: FailpointOrder; seen: number }[] = [];
  let freed = Promise.withResolvers<void>();

  const fire = async (order: FailpointOrder): Promise<'once' | 'twice'> => {
    options.onFire?.(order);
    switch (order.kind) {
      case 'throw':
        throw new FailpointError(`failpoint ${order.name}`);
      case 'exit':
        options.exit();
        return new Promise(() => undefined);
      case 'hang':
        await (order.ms === undefined
          ? freed.promise
          : Promise.race([options.sleep(order.ms), freed.promise]));
        return 'once';
      case 'slow':
        await options.sleep(order.ms ?? SLOW_MS);
        return 'once';
      case 'twice':
        return 'twice';
    }
  };
  const meet = (name: FailpointName): Promise<'once' | 'twice'> | undefined => {
    options.onMet?.(name);
    for (const point of armed) {
      if (point.order.name !== name) continue;
      point.seen += 1;
      if (point.order.nth === undefined || point.order.nth === point.seen) return fire(point.order);
    }
    return undefined;
  };
  const failpoints: Failpoints = {
    around: (step, run) => perform(step, run, meet),
    arm(...more) {
      armed.push(...more.map((order) => ({ order, seen: 0 })));
    },
    release() {
      armed = [];
      freed.resolve();
      freed = Promise.withResolvers();
    },
  };
  failpoints.arm(...orders);
  return failpoints;
}

type Meet = (name: FailpointName) => Promise<'once' | 'twice'> | undefined;

async function perform<T>(step: FailpointStep, run: () => Promise<T>, meet: Meet): Promise<T> {
  const before = findName(`${step}.before`);
  const sent = `${step}.sent`;
  if (before === undefined) throw new Error(`${step} is not in the list of failpoints`);
  const isTwice = (await meet(before)) === 'twice';
  const running = run();
  // If a failpoint throws first, nobody awaits the step; this prevents an unhandled rejection.
  running.catch(() => undefined);
  if (isName(sent) && (await meet(sent)) === 'twice') await again(run);
  const first = await running;
  if (isTwice) await again(run);
  const after = findName(`${step}.after`);
  return after !== undefined && (await meet(after)) === 'twice' ? run() : first;
}

/** Runs the step again and ignores its outcome. */
async function again(run: () => Promise<unknown>): Promise<void> {
  await run().catch(() => undefined);
}

function findName(text: string): FailpointName | undefined {
  return isName(text) ? text : undefined;
}

/** Is this the name of a failpoint? */
export function isName(text: string): text is FailpointName {
  return Object.hasOwn(failpointNames, text);
}
