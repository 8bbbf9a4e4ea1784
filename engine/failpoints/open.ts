import { setTimeout as sleep } from 'node:timers/promises';
import { invariant } from '../base/errors/result.ts';
import type { FlowLog } from '../flows/deps.ts';
import type { Config } from '../ops/config.ts';
import type { Failpoints } from './failpoints.ts';
import { createFailpoints } from './failpoints.ts';
import { parseFailpoints } from './parse.ts';

/**
 * Creates the failpoints of the configuration. `exit` kills this process as kill -9 does.
 * @returns undefined without orders: then nothing is wrapped
 */
export function openFailpoints(
  { failpoints, mode }: Pick<Config, 'failpoints' | 'mode'>,
  log?: Pick<FlowLog, 'warn'>,
): Failpoints | undefined {
  if (failpoints === undefined) return undefined;
  const orders = parseFailpoints(failpoints);
  // readConfig refuses invalid orders; this refuses a configuration that was built by hand.
  invariant(orders.ok && mode !== 'production', 'failpoints are right, and never in production');
  process.stderr.write(
    `!!! 故障点已启用，切勿用于真实业务 / FAILPOINTS ARE ON, not for real business: ${failpoints}\n`,
  );
  return createFailpoints(orders.value, {
    sleep: (ms) => sleep(ms),
    // At the end of this turn, so that bytes the step gave to a socket are sent.
    exit: () => setImmediate(() => process.kill(process.pid, 'SIGKILL')),
    onFire: ({ name, kind }) => log?.warn('failpoint-fired', { failpoint: name, kind }),
  });
}
