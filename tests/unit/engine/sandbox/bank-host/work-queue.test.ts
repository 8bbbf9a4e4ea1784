import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createWorkQueue } from '../../../../../engine/sandbox/bank-host/work-queue.ts';

test('a posting that fails is not answered, is told, and the next one is posted and answered', async () => {
  const answered: string[] = [];
  const failures: unknown[] = [];
  let isDiskFull = true;
  const queue = createWorkQueue(
    (work) => {
      if (isDiskFull) throw new Error('database or disk is full');
      return work();
    },
    (error) => failures.push(error),
  );
  queue.add(() => () => answered.push('first'));
  await nextTurn();
  isDiskFull = false;
  queue.add(() => () => answered.push('second'));
  await nextTurn();
  expect(failures).toEqual([new Error('database or disk is full')]);
  expect(answered).toEqual(['second']);
});
