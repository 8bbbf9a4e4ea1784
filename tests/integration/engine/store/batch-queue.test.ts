import { describe, expect, test } from 'vitest';
import { blockPerson } from './blocked-person.ts';
import { storeForEachTest } from './store-for-each-test.ts';
import { answers, bill, openStore, seed } from './toy-store.ts';

const fixture = storeForEachTest();
const { start } = fixture;

describe('while a batch is being written', () => {
  test('other people are served beside it, the same person after it', async () => {
    await seed(fixture.url, { A: 1_000n, B: 1_000n });
    const store = start({ limits: { secondBatchAbove: 0 } });
    const other = await blockPerson(fixture.url, 'A');
    const first = store.execute(bill('A', 100n));
    await other.waiter();
    const second = store.execute(bill('A', 200n));
    expect(await answers([store.execute(bill('B', 50n))])).toEqual(['"balance 950"']);
    await other.release('rollback');
    expect(await answers([first, second])).toEqual(['"balance 900"', '"balance 700"']);
  });

  test('a full queue refuses at once and says when to come back', async () => {
    await seed(fixture.url, { A: 1_000n });
    const store = start({ limits: { queueMax: 2 } });
    const other = await blockPerson(fixture.url, 'A');
    const first = store.execute(bill('A', 100n));
    await other.waiter();
    const queued = [store.execute(bill('A', 100n)), store.execute(bill('A', 100n))];
    const refused = await store.execute(bill('A', 100n));
    expect(refused).toEqual({
      ok: false,
      error: { kind: 'busy', retryAfterMs: expect.any(Number) },
    });
    await other.release('rollback');
    expect(await answers([first, ...queued])).toEqual([
      '"balance 900"',
      '"balance 800"',
      '"balance 700"',
    ]);
  });

  test('a full queue still takes what the bank answered', async () => {
    await seed(fixture.url, { A: 1_000n });
    const store = start({ limits: { queueMax: 1 } });
    const other = await blockPerson(fixture.url, 'A');
    const first = store.execute(bill('A', 100n));
    await other.waiter();
    const queued = store.execute(bill('A', 100n));
    const { key, at, settlementId } = bill('A', 100n);
    const ending = store.execute({
      type: 'release-reservation',
      fence: 0,
      ...{ key, at, settlementId, responseCode: '51' },
    });
    expect(await store.execute(bill('A', 100n))).toMatchObject({ error: { kind: 'busy' } });
    await other.release('rollback');
    expect(await answers([first, queued])).toEqual(['"balance 900"', '"balance 800"']);
    // Taken and carried out; the counter of these tests knows no settlement that it could end.
    expect(await ending).not.toMatchObject({ error: { kind: 'busy' } });
  });

  test('closing finishes what is queued and takes nothing new', async () => {
    await seed(fixture.url, { A: 1_000n });
    const store = openStore(fixture.url);
    const results = [store.execute(bill('A', 100n)), store.execute(bill('A', 100n))];
    const closed = store.close();
    expect(await store.execute(bill('A', 1n))).toMatchObject({ error: { kind: 'unavailable' } });
    await closed;
    expect(await answers(results)).toEqual(['"balance 900"', '"balance 800"']);
  });
});
