/**
 * A backlog that ages is seen from outside: on the metrics page, and in what the engine says of its
 * health.
 */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { sandboxTerminals } from '../../engine/sandbox/seed/sandbox-institutions.ts';
import { bookProblems, openWork } from '../support/running-system/books.ts';
import type { Counter } from '../support/running-system/counter.ts';
import { codeOf, openCounter } from '../support/running-system/counter.ts';
import type { RunningSystem } from '../support/running-system/running-system.ts';
import { startSystem } from '../support/running-system/running-system.ts';

/** The patient's part is paid by the bank alone. */
const wish = { tender: 'bank-debit', useAccount: false } as const;
const TOKEN = 'token-of-the-watchman';
let system: RunningSystem;
let counter: Counter;
beforeAll(async () => {
  const environment = { YIKATONG_METRICS_TOKEN: TOKEN, YIKATONG_REVERSAL_ALARM_MS: '1000' };
  system = await startSystem({ bankTimeoutMs: 300, environment });
  counter = await openCounter(system, sandboxTerminals.dongguanPharmacy);
});
afterAll(() => system.close());

async function page(authorization = `Bearer ${TOKEN}`): Promise<Response> {
  return fetch(`${system.url()}/metrics`, { headers: { authorization } });
}

/** "yikatong_queue_commands" → its value, labels as they are printed. */
async function metric(name: string): Promise<number> {
  const line = (await (await page()).text()).split('\n').find((row) => row.startsWith(`${name} `));
  if (line === undefined) throw new Error(`${name} is not on the page`);
  return Number(line.slice(name.length));
}

const health = async () => {
  const answer = await fetch(`${system.url()}/health/ready`);
  return { status: answer.status, ...((await answer.json()) as object) };
};

test('the page is there for who has the token, and for nobody else', async () => {
  expect((await page()).status).toBe(200);
  for (const given of ['', 'Bearer ', `Bearer ${TOKEN}x`, `Basic ${TOKEN}`, TOKEN]) {
    const refused = await page(given);
    expect(refused.status).toBe(404);
    expect(await refused.text()).not.toContain('yikatong_');
  }
});

test('a reversal that the bank does not answer grows old: alarm, but still in service', async () => {
  expect(codeOf(await counter.sell(await system.enrol(), wish))).toBe('approved');
  system.host.injectFault({ on: 'sale', kind: 'silent-after-posting' });
  system.host.injectFault({ on: 'reversal', kind: 'decline', code: '96', times: 1_000_000 });
  expect(codeOf(await counter.sell(await system.enrol(), wish))).toBe('unknown');
  await vi.waitFor(
    async () => {
      expect(await health()).toEqual({
        status: 200,
        ready: true,
        detail: 'degraded',
        checks: [
          { name: 'database', ok: true },
          { name: 'reversals', ok: false },
          { name: 'invalid-lists', ok: true },
          { name: 'keystore', ok: true },
        ],
      });
    },
    { timeout: 15_000, interval: 50 },
  );
  expect(await metric('yikatong_open_bank_legs{state="reversing"}')).toBe(1);
  expect(await metric('yikatong_oldest_open_reversal_age_seconds')).toBeGreaterThan(1);
  expect(await metric('yikatong_reversal_attempts_total{result="open"}')).toBeGreaterThan(0);
  const answers = 'yikatong_answers_total{operation="settle",outcome=';
  expect(await metric(`${answers}"approved",code="none"}`)).toBe(1);
  expect(await metric(`${answers}"unknown",code="BANK_OUTCOME_UNKNOWN"}`)).toBe(1);
});

test('the bank is well again: nothing is open, and the books of both sides agree', async () => {
  system.host.clearFaults();
  await vi.waitFor(async () => expect(await openWork(system)).toBe(0), {
    timeout: 20_000,
    interval: 50,
  });
  expect(await health()).toMatchObject({ ready: true, detail: 'ok' });
  expect(await metric('yikatong_open_bank_legs{state="reversing"}')).toBe(0);
  expect(await metric('yikatong_oldest_open_reversal_age_seconds')).toBe(0);
  expect(await metric('yikatong_reversal_attempts_total{result="final"}')).toBe(1);
  expect(await bookProblems(system)).toEqual([]);
});

test('the page counts batches, packs and connections, and names nobody', async () => {
  const text = await (await page()).text();
  for (const name of [
    'yikatong_batch_commands_bucket',
    'yikatong_batch_seconds_count',
    'yikatong_queue_commands 0',
    'yikatong_database_up 1',
    'yikatong_database_connections{state="waiting"} 0',
    'yikatong_event_loop_lag_seconds{quantile="0.99"}',
  ]) {
    expect(text).toContain(name);
  }
  expect(await metric('yikatong_policy_packs')).toBeGreaterThan(50);
  expect(text).not.toMatch(/(?<![.\d])\d{15}|P4419|H4419|6216/);
});

test('an approval later than everybody waited for: reversed again, once, and nothing is left', async () => {
  const customer = await system.enrol();
  // Later than the reversal that follows the silence.
  system.host.injectFault({ on: 'sale', kind: 'late', delayMs: 1_500 });
  expect(codeOf(await counter.sell(customer, wish))).toBe('unknown');
  await vi.waitFor(
    async () => {
      expect(await system.query('select state from bank_leg where late_rrn is not null')).toEqual([
        { state: 'reversed' },
      ]);
    },
    { timeout: 15_000, interval: 50 },
  );
  expect(await bookProblems(system)).toEqual([]);
});
