import pg from 'pg';
import { expect, test } from 'vitest';
import { somebodyWaits } from './somebody-waits.ts';
import { storeForEachTest } from './store-for-each-test.ts';
import { bill, cardIdOf, keyOf, seed } from './toy-store.ts';

const fixture = storeForEachTest();

test('what a quote reads belongs to one moment: not the balance before a sale and the totals after it', async () => {
  await seed(fixture.url, { A: 1_000n });
  const store = fixture.start({ limits: { lockTimeoutMs: 20_000, statementTimeoutMs: 20_000 } });
  await store.execute(bill('A', 100n));
  const counter = new pg.Client({ connectionString: fixture.url });
  await counter.connect();
  try {
    await counter.query('begin');
    await counter.query('lock table accumulator in access exclusive mode');
    // The reader has its person's row by now, and waits for the totals.
    const quote = store.readFacts({ key: keyOf('A'), cardId: cardIdOf('A') });
    await somebodyWaits(counter);
    await counter.query('update person set account_balance = 0, opening_balance = 100');
    await counter.query(`update accumulator set amounts = '{"paid": "1000"}'`);
    await counter.query('commit');
    const { person, accumulators } = await quote;
    expect(person?.accountBalance).toBe(900n);
    expect(accumulators.map(({ amounts }) => amounts.get('paid'))).toEqual([100n]);
  } finally {
    await counter.end();
  }
});
