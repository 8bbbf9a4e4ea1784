/**
 * Lets code that knows nothing of simulations run in one: `setTimeout` and `net.connect` of whatever runs in
 * a simulated process go to the scheduler; everybody else's stay what they are.
 */
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import { place, type Timer } from './scheduler.ts';

type Callback = (...args: readonly unknown[]) => void;

/** What code may do with a timer: the same as with a real one. */
type VirtualTimer = Timer & { ref(): VirtualTimer; unref(): VirtualTimer; hasRef(): boolean };

const timers = new WeakSet<object>();
let isInstalled = false;

/** Once for a thread; harmless when repeated. */
export function installVirtualTime(): void {
  if (isInstalled) return;
  isInstalled = true;
  const realSetTimeout = globalThis.setTimeout;
  const realClearTimeout = globalThis.clearTimeout;
  const realConnect = net.connect;
  Reflect.set(globalThis, 'setTimeout', (run: Callback, ms = 0, ...args: readonly unknown[]) => {
    const here = place.getStore();
    if (here === undefined) return realSetTimeout(run, ms, ...args);
    const { scheduler, process } = here;
    return virtualTimer(scheduler.after(ms, process, () => run(...args)));
  });
  Reflect.set(globalThis, 'clearTimeout', (timer: NodeJS.Timeout | VirtualTimer | undefined) => {
    if (timer !== undefined && timers.has(timer) && 'cancel' in timer) timer.cancel();
    else realClearTimeout(timer as NodeJS.Timeout | undefined);
  });
  Reflect.set(net, 'connect', (...args: Parameters<typeof realConnect>) => {
    const here = place.getStore();
    return here?.scheduler.connect?.(here.process) ?? realConnect(...args);
  });
  syncBuiltinESMExports();
}

function virtualTimer({ cancel }: Timer): VirtualTimer {
  const timer: VirtualTimer = {
    cancel,
    ref: () => timer,
    unref: () => timer,
    hasRef: () => false,
  };
  timers.add(timer);
  return timer;
}
