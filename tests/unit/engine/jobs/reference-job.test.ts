/** How engines see that something was activated elsewhere. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startReferenceJob } from '../../../../engine/jobs/reference-job.ts';

const EVERY_MS = 2_000;
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function watch() {
  const revisions = { policy: 0n, catalogue: 0n };
  const asked: string[] = [];
  const state = { isAway: false, isUnreadable: false };
  const refresh = (name: string) => async () => {
    asked.push(name);
    return !state.isUnreadable;
  };
  const stop = startReferenceJob({
    store: {
      readRevisions: async () => {
        if (state.isAway) throw new Error('away');
        return { ...revisions };
      },
    },
    refresh: { policy: refresh('policy'), catalogue: refresh('catalogue') },
    log: { warn: (event) => asked.push(event) },
    everyMs: EVERY_MS,
  });
  const next = async () => {
    asked.length = 0;
    await vi.advanceTimersByTimeAsync(EVERY_MS);
    return [...asked];
  };
  return { revisions, state, next, stop };
}

test('only what has changed is read, and only when it has changed', async () => {
  const { revisions, next, stop } = watch();
  await vi.advanceTimersByTimeAsync(0);
  expect(await next()).toEqual([]);
  revisions.policy += 1n;
  expect(await next()).toEqual(['policy']);
  expect(await next()).toEqual([]);
  revisions.catalogue += 1n;
  expect(await next()).toEqual(['catalogue']);
  await stop();
});

test('what could not be read is asked for again; a database that is away stops nothing', async () => {
  const { revisions, state, next, stop } = watch();
  await vi.advanceTimersByTimeAsync(0);
  revisions.policy += 1n;
  state.isUnreadable = true;
  expect(await next()).toEqual(['policy']);
  state.isAway = true;
  expect(await next()).toEqual(['revision-check-failed']);
  state.isAway = false;
  state.isUnreadable = false;
  expect(await next()).toEqual(['policy']);
  expect(await next()).toEqual([]);
  await stop();
});

test('after the stop nobody looks any more', async () => {
  const { revisions, next, stop } = watch();
  await vi.advanceTimersByTimeAsync(0);
  await stop();
  revisions.policy += 1n;
  expect(await next()).toEqual([]);
});
