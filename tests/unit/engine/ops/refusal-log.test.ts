// Goal: the log says who knocks, and a flood writes a line a minute.
import { expect, test } from 'vitest';

import { createRefusalLog } from '../../../../engine/ops/refusal-log.ts';

type Refusal = { readonly reason: string; readonly terminalId?: string };

test('the first of a reason at once, then one line a minute with the number of those since', () => {
  const clock = { at: 5 };
  const lines: object[] = [];
  const log = createRefusalLog<Refusal>(
    () => clock.at,
    (line) => lines.push(line),
  );
  log({ reason: 'replayed', terminalId: 'T1' });
  log({ reason: 'stale' });
  for (let at = 0; at < 10_000; at++) log({ reason: 'replayed', terminalId: 'T2' });
  expect(lines).toEqual([
    { reason: 'replayed', terminalId: 'T1', count: 1 },
    { reason: 'stale', count: 1 },
  ]);
  clock.at += 60_000;
  log({ reason: 'replayed', terminalId: 'T3' });
  expect(lines.slice(2)).toEqual([{ reason: 'replayed', terminalId: 'T3', count: 10_001 }]);
});
