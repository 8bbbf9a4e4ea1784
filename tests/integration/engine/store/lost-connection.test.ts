import { describe, expect, test } from 'vitest';
import { ZERO } from '../../../../engine/base/money/fen.ts';
import { blockPerson } from './blocked-person.ts';
import { severedConnection } from './severed-connection.ts';
import { storeForEachTest } from './store-for-each-test.ts';
import { answers, bill, query, seed } from './toy-store.ts';

const fixture = storeForEachTest();
const { start } = fixture;

describe('when the connection is lost', () => {
  test('a server process that is killed in the write leaves one effect', async () => {
    await seed(fixture.url, { A: 1_000n });
    const other = await blockPerson(fixture.url, 'A');
    const result = start().execute(bill('A', 100n));
    const pid = await other.waiter();
    await query(fixture.url, `select pg_terminate_backend(${pid})`);
    await other.release('rollback');
    expect(await answers([result])).toEqual(['"balance 900"']);
    expect(await query(fixture.url, 'select account_balance from person')).toEqual([
      { account_balance: '900' },
    ]);
    expect(await query(fixture.url, 'select from settlement')).toHaveLength(1);
  });

  test('after the commit but before its answer, the answer is the stored one', async () => {
    await seed(fixture.url, { A: 1_000n });
    const way = await severedConnection(fixture.url);
    const store = start({ url: way.url });
    const other = await blockPerson(fixture.url, 'A');
    const result = store.execute(bill('A', 100n));
    await other.waiter();
    way.mute();
    await other.release('rollback');
    await settled();
    way.cut();
    expect(await result).toMatchObject({
      ok: true,
      value: { writes: undefined, rendered: { body: '"balance 900"' } },
    });
    expect(await query(fixture.url, 'select account_balance from person')).toEqual([
      { account_balance: '900' },
    ]);
    await way.close();
  });

  test('and the database stays away after the write was sent, the outcome is unknown', async () => {
    await seed(fixture.url, { A: 1_000n });
    const way = await severedConnection(fixture.url);
    const store = start({ url: way.url, limits: { awayMs: 200 } });
    const sale = bill('A', 100n);
    const other = await blockPerson(fixture.url, 'A');
    const result = store.execute(sale);
    const behind = store.execute(bill('A', 1n));
    await other.waiter();
    way.cut('forGood');
    expect(await answers([result, behind])).toEqual(['outcome-unknown', 'outcome-unknown']);
    await other.release('rollback');
    await way.close();
    await settled();
    expect(await start().execute(sale)).toMatchObject({ ok: true, value: { writes: undefined } });
  });

  test('and was never there, nothing was done', async () => {
    const store = start({ url: 'postgres://nobody@127.0.0.1:1/none', limits: { awayMs: 0 } });
    expect(await store.execute(bill('A', 1n))).toEqual({
      ok: false,
      error: { kind: 'unavailable' },
    });
    await expect(store.findCardOwner(bill('A', ZERO).cardId)).rejects.toThrow('away');
  });
});

/** Until a settlement is there: the server commits whether or not it is heard. */
async function settled(): Promise<void> {
  while ((await query(fixture.url, 'select from settlement')).length === 0);
}
