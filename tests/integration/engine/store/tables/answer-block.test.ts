import { expect, test } from 'vitest';
import { storeForEachTest } from '../store-for-each-test.ts';
import { answers, bill, openStore, query, seed } from '../toy-store.ts';

const fixture = storeForEachTest();

test('answers of many batches come back to their requests from a store that has seen none of them', async () => {
  const people = Array.from({ length: 150 }, (_, i) => `P${i}`);
  await seed(fixture.url, Object.fromEntries(people.map((no, i) => [no, BigInt(10_000 + i)])));
  const sales = people.map((no) => bill(no, 100n));
  const first = openStore(fixture.url, { limits: { batchMax: 60 } });
  const told = await answers(sales.map((sale) => first.execute(sale)));
  expect(new Set(told).size).toBe(150);
  await first.close();

  const second = fixture.start();
  const again = await Promise.all(sales.map((sale) => second.execute(sale)));
  expect(again.map((result) => result.ok && result.value.writes)).toEqual(
    again.map(() => undefined),
  );
  expect(again.map((result) => result.ok && result.value.rendered.body)).toEqual(told);
  const [sale] = sales;
  if (sale === undefined) throw new Error('150 sales');
  const { terminalId, requestKey } = sale.request;
  const [found] = await second.findRequests(terminalId, requestKey);
  expect(found?.answer?.body).toBe(told[0]);

  const [counts] = await query(
    fixture.url,
    `select count(*)::int as blocks, sum(octet_length(bodies))::int as bytes from answer_block`,
  );
  expect(counts?.['blocks']).toBeLessThanOrEqual(5);
});
