/** What the counter is told when a command was not carried out, and when it may come back. */

import { expect, test } from 'vitest';
import type { Result } from '../../../../engine/base/errors/result.ts';
import { fail, ok } from '../../../../engine/base/errors/result.ts';
import { declinedAnswer } from '../../../../engine/domain/request/answer.ts';
import { execute } from '../../../../engine/flows/execute-command.ts';
import type { Executed, ExecuteFailure } from '../../../../engine/ports/store.ts';
import { keyOf, settleBill } from '../../../support/domain/builders.ts';
import { flowDeps } from '../../../support/flows/flow-deps.ts';
import { rendered } from '../../../support/flows/rendered.ts';

async function executed(result: Result<Executed, ExecuteFailure>) {
  const store = { ...flowDeps().store, execute: async () => result };
  const { answer, retryAfterMs } = await execute({ store }, settleBill(), keyOf('sale-1'));
  return { outcome: answer.outcome, code: answer.code, retryAfterMs };
}

test('a full queue did nothing, and says when it will have room', async () => {
  const busy = fail({ kind: 'busy', retryAfterMs: 340 } as const);
  expect(await executed(busy)).toEqual({ outcome: 'declined', code: 'BUSY', retryAfterMs: 340 });
});

test('a database that was away did nothing', async () => {
  expect(await executed(fail({ kind: 'unavailable' }))).toMatchObject({
    outcome: 'declined',
    code: 'UNAVAILABLE',
  });
});

test('a connection that died in the commit leaves the outcome unknown', async () => {
  expect(await executed(fail({ kind: 'outcome-unknown' }))).toMatchObject({
    outcome: 'unknown',
    code: 'OUTCOME_NOT_KNOWN_YET',
  });
});

test('a key that is still running is unknown, and to be asked for again in two seconds', async () => {
  const answer = declinedAnswer('KEY_IN_PROGRESS', { requestKey: keyOf('sale-1') });
  expect(await executed(ok({ answer, rendered: rendered(answer), writes: undefined }))).toEqual({
    outcome: 'unknown',
    code: 'KEY_IN_PROGRESS',
    retryAfterMs: 2_000,
  });
});
