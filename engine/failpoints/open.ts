import { setTimeout as sleep } from 'node:timers/promises';
import { invariant } from '../base/errors/result.ts';
import type { FlowLog } from '../flows/deps.ts';
import type { Config } from '../ops/config.ts';
import type { Failpoints } from './failpoints.ts';
import { createFailpoints } from './failpoints.ts';
import { parseFailpoints } from './parse.ts';

/**
 * The failpoints that the configuration orders, in this process: `exit` is kill -9 of itself. Undefined
 * without orders, so that nothing is put around anything.
 */
export function openFailpoints(
  { failpoints, mode }: Pick<Config, 'failpoints' | 'mode'>,
  log?: Pick<FlowLog, 'warn'>,
): Failpoints | undefined {
  if (failpoints === undefined) return undefined;
  const orders = parseFailpoints(failpoints);
  // The configuration was refused before; whoever builds one by hand is refused here.
  invariant(orders.ok && mode !== 'production', 'failpoints are right, and never in production');
  process.stderr.write(
    `!!! 故障点已启用，切勿用于真实业务 / FAILPOINTS ARE ON, not for real business: ${failpoints}\n`,
  );
  return createFailpoints(orders.value, {
    sleep: (ms) => sleep(ms),
    // At the end of this turn: what the step has handed to a socket is on its way then.
    exit: () => setImmediate(() => process.kill(process.pid, 'SIGKILL')),
    onFire: ({ name, kind }) => log?.warn('failpoint-fired', { failpoint: name, kind }),
  });
}
