/**
 * The plain design: a pool, BEGIN, a statement for each table, COMMIT. It checks no signature, card or PIN
 * and
 * splits no bill, which makes it faster.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { fastify } from 'fastify';
import pg from 'pg';
import type { PlainOrder } from './plain-process.ts';

type PlainBody = {
  readonly requestKey: string;
  readonly person: number;
  readonly merchant: number;
  readonly fund: number;
};

const POOL = 16;

const statements = {
  lockPerson: 'select balance from peer_person where id = $1 for update',
  readTotals: 'select amounts from peer_accumulator where person = $1 and year = $2',
  settlement: `insert into peer_settlement
    (person, merchant, accepted_at, input, total, fund_total, account_pay)
    values ($1, $2, $3, $4, 13200, 8000, 5200) returning id`,
  request: 'insert into peer_request values ($1, $2, $3, $4)',
  entries: `insert into peer_entry values ($1, 1, $2, -8000), ($1, 2, 'person', -5200), ($1, 3, $3, 13200)`,
  outbox: 'insert into peer_outbox (settlement, payload) values ($1, $2)',
  person: 'update peer_person set balance = balance - 5200, version = version + 1 where id = $1',
  card: 'update peer_card set last_challenge = $2 where person = $1',
  totals: `insert into peer_accumulator values ($1, $2, $3)
    on conflict (person, year) do update set amounts = excluded.amounts`,
  fund: 'update peer_account set balance = balance - 8000, entries = entries + 1 where name = $1',
  merchant:
    'update peer_account set balance = balance + 13200, entries = entries + 1 where name = $1',
} as const;

async function settle(pool: pg.Pool, body: PlainBody, order: PlainOrder): Promise<string> {
  const client = await pool.connect();
  const run = (name: keyof typeof statements, values: readonly unknown[]) =>
    client.query({ name, text: statements[name], values: [...values] });
  const { requestKey, person } = body;
  const [merchant, fund] = [`institution:${body.merchant}`, `fund:${body.fund}`];
  const now = Date.now();
  const year = new Date(now).getUTCFullYear();
  try {
    await client.query('begin');
    const { rows: people } = await run('lockPerson', [person]);
    const { rows: totals } = await run('readTotals', [person, year]);
    const inScope = (totals[0]?.amounts.inScope ?? 0) + 8_000;
    const lines = order.filler.slice(0, order.inputBytes);
    const { rows } = await run('settlement', [person, merchant, now, JSON.stringify({ lines })]);
    const settlement = rows[0]?.id;
    const details = order.filler.slice(0, order.answerBytes);
    const answer = JSON.stringify({ outcome: 'approved', settlement, requestKey, details });
    await run('request', [merchant, requestKey, settlement, answer]);
    await run('entries', [settlement, fund, merchant]);
    const payload = JSON.stringify({ settlement, balance: people[0]?.balance });
    await run('outbox', [settlement, payload]);
    await run('person', [person]);
    await run('card', [person, now * 1_000]);
    await run('totals', [person, year, JSON.stringify({ inScope })]);
    await run('fund', [fund]);
    await run('merchant', [merchant]);
    const { command } = await client.query('commit');
    if (command !== 'COMMIT') throw new Error('not committed');
    return answer;
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}

const deserted = once(process, 'disconnect');
process.on('SIGINT', () => undefined);
const [given] = (await once(process, 'message')) as [Omit<PlainOrder, 'filler'>];
const size = Math.max(given.answerBytes, given.inputBytes);
const order = { ...given, filler: randomBytes(size).toString('hex') };
const pool = new pg.Pool({ connectionString: order.databaseUrl, max: POOL });
const app = fastify();
app.post<{ Body: PlainBody }>('/settle', async (request, reply) =>
  reply.type('application/json').send(await settle(pool, request.body, order)),
);
process.send?.({ url: await app.listen({ host: '127.0.0.1', port: 0 }) });
await deserted;
await app.close();
await pool.end();
process.exit(0);
