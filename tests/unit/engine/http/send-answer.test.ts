/** What a terminal reads beside the body: that an answer is a repeated one, and when to come back. */

import { expect, test } from 'vitest';
import { declinedAnswer, storedAnswer } from '../../../../engine/domain/request/answer.ts';
import type { Answered } from '../../../../engine/flows/execute-command.ts';
import { createHarness, send, settlement } from './http-harness.ts';

const body = '{"outcome":"approved",  "settlementId":"0701JDFQ8000A1B2C3D4E5F6G7H8"}';
const approved = storedAnswer({ outcome: 'approved', status: 200, body, code: undefined });

async function answerTo(answered: Answered) {
  const harness = await createHarness({ flows: { settle: async () => answered } });
  const request = {
    method: 'POST',
    url: '/v1/settlements',
    body: JSON.stringify(settlement),
  } as const;
  return send(harness, request);
}

test('a stored answer comes with its mark, and its bytes are as they were stored', async () => {
  const answer = await answerTo({ answer: approved, isReplay: true });
  expect(answer.headers['idempotent-replay']).toBe('true');
  expect(answer.body).toBe(body);
});

test('a first answer has no mark', async () => {
  const answer = await answerTo({ answer: approved, isReplay: false });
  expect(answer.headers['idempotent-replay']).toBeUndefined();
  expect(answer.headers['retry-after']).toBeUndefined();
});

test.each([
  [1, '1'],
  [1_000, '1'],
  [1_001, '2'],
])('come back after %i ms: in whole seconds, never sooner', async (retryAfterMs, seconds) => {
  const busy = declinedAnswer('BUSY', {});
  const answer = await answerTo({ answer: busy, isReplay: false, retryAfterMs });
  expect(answer.headers['retry-after']).toBe(seconds);
});
