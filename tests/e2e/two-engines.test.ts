/** Two engines on one database: a request that one of them has taken is not taken by the other. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { sandboxTerminals } from '../../engine/sandbox/seed/sandbox-institutions.ts';
import { codeOf, openCounter } from '../support/running-system/counter.ts';
import { type RunningEngine, runEngineHere } from '../support/running-system/run-engine.ts';
import { type RunningSystem, startSystem } from '../support/running-system/running-system.ts';

let system: RunningSystem;
let other: RunningEngine;

beforeAll(async () => {
  system = await startSystem();
  other = await runEngineHere({
    ...{ YIKATONG_DATA: system.dataDir, DATABASE_URL: system.databaseUrl, YIKATONG_PORT: '0' },
    ...{ YIKATONG_BANK_HOST: '127.0.0.1', YIKATONG_BANK_PORT: String(system.host.port) },
    YIKATONG_LOG_LEVEL: 'silent',
  });
});
afterAll(async () => {
  await other?.stop();
  await system.close();
});

type Recorded = { readonly path: string; readonly init: RequestInit };

/** A counter, and a line beside it that records what it sends. */
async function openTappedCounter() {
  const recorded: Recorded[] = [];
  const counter = await openCounter(system, sandboxTerminals.dongguanPharmacy, {
    fetch: async (input, init = {}) => {
      recorded.push({ path: new URL(String(input)).pathname, init });
      return fetch(input, init);
    },
  });
  return { counter, recorded };
}

async function replayAt(engine: Pick<RunningEngine, 'url'>, { path, init }: Recorded) {
  const { method, headers, body } = init;
  const request = { ...{ method, headers, body } } as RequestInit;
  const answer = await fetch(new URL(path, engine.url()), request);
  return { status: answer.status, body: await answer.json() };
}

test('a recorded sign-in does not end the session of its terminal, at either engine', async () => {
  const { counter, recorded } = await openTappedCounter();
  const signIn = recorded.find(({ path }) => path === '/v1/terminals/sign-in');
  if (signIn === undefined) throw new Error('the counter has signed in');
  for (const engine of [other, { url: system.url }, other]) {
    expect(await replayAt(engine, signIn)).toMatchObject({
      status: 401,
      body: { code: 'REQUEST_REPLAYED', moneyEffect: 'none' },
    });
  }
  const customer = await system.enrol();
  expect(codeOf(await counter.sell(customer))).toBe('approved');
  counter.close();
});

test('a recorded settlement gets its first answer at the other engine, and moves nothing', async () => {
  const { counter, recorded } = await openTappedCounter();
  const customer = await system.enrol();
  expect(codeOf(await counter.sell(customer))).toBe('approved');
  const sale = recorded.find(({ path }) => path === '/v1/settlements');
  if (sale === undefined) throw new Error('the counter has sold');
  const settlements = () => system.query('select id from settlement');
  const before = await settlements();
  // An engine looks a terminal's session up once a second: this one may know the session before.
  await vi.waitFor(
    async () =>
      expect(await replayAt(other, sale)).toMatchObject({ status: 200, body: { state: 'posted' } }),
    { timeout: 5_000, interval: 200 },
  );
  expect(await settlements()).toEqual(before);
  counter.close();
});
