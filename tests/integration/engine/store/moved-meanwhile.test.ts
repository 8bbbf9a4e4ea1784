/**
 * A settlement that somebody else moved on, say by a correction in the database, without this store's
 * knowledge.
 */
import pg from 'pg';
import { expect, test } from 'vitest';
import type { PersonCommand } from '../../../../engine/domain/command.ts';
import type { Command } from '../../../../engine/domain/commands.ts';
import type { Decision, Facts } from '../../../../engine/domain/decision.ts';
import { withoutWrites, withWrites } from '../../../../engine/domain/decision.ts';
import { storedAnswer } from '../../../../engine/domain/request/answer.ts';
import { somebodyWaits } from './somebody-waits.ts';
import { storeForEachTest } from './store-for-each-test.ts';
import { at, bill, decideBill, query, seed } from './toy-store.ts';

const fixture = storeForEachTest();

test('is decided on again, and not moved from a state that it is no longer in', async () => {
  await seed(fixture.url, { A: 1_000n });
  const seen: unknown[] = [];
  const refundAll = (command: PersonCommand, facts: Facts): Decision => {
    if (command.type === 'settle-bill') return decideBill(command, facts);
    const { settlement } = facts;
    seen.push(settlement?.state);
    const answer = storedAnswer({
      outcome: 'approved',
      status: 200,
      body: '"seen"',
      code: undefined,
    });
    if (settlement?.state !== 'posted') return withoutWrites(answer);
    const to = { ...settlement, state: 'refunding', deadline: at + 1 } as const;
    return withWrites(answer, { settlement: { from: 'posted', to } });
  };
  const limits = { lockTimeoutMs: 20_000, statementTimeoutMs: 20_000 };
  const store = fixture.start({ decide: refundAll, limits });
  const sale = bill('A', 100n);
  await store.execute(sale);

  const office = new pg.Client({ connectionString: fixture.url });
  await office.connect();
  try {
    await office.query('begin');
    await office.query("update settlement set state = 'refunded'");
    const { key, settlementId } = sale;
    const begun = store.execute({
      ...{ type: 'postpone-leg', key, settlementId, at, fence: 0, legNo: 1 },
      ...{ nextAttemptAt: at, responseCode: undefined },
    } as Command);
    await somebodyWaits(office);
    await office.query('commit');
    await begun;
  } finally {
    await office.end();
  }
  expect(seen).toEqual(['posted', 'refunded']);
  expect(await query(fixture.url, 'select state from settlement')).toEqual([{ state: 'refunded' }]);
});
