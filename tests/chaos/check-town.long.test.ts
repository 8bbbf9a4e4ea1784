import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkTown } from '../support/chaos-check.ts';
import { quieten } from '../support/chaos-night.ts';
import type { Town } from '../support/chaos-town.ts';
import { startTown } from '../support/chaos-town.ts';
import { changeAnswer } from '../support/stored-answers.ts';

let town: Town;

beforeAll(async () => {
  town = await startTown({ seed: 3, engines: 1, shops: 1, countersEach: 3 });
}, 120_000);
afterAll(() => town.close());

/** Sells until so many sales of each tender are approved. */
async function sellSome(count: number): Promise<void> {
  const left = { cash: count, 'bank-debit': count };
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const stop = town.onSale(({ tender }) => {
    left[tender] -= 1;
    if (left.cash <= 0 && left['bank-debit'] <= 0) resolve(undefined);
  });
  town.open();
  await promise;
  stop();
  await quieten(town);
}

const aSale = (tender: string): string => `ctid = (select s.ctid from settlement s
  join request r on r.shard = s.shard and r.settlement_id = s.id and r.request_key = s.request_key
  where s.tender = '${tender}' and s.state = 'posted' and r.answer_outcome = 'approved' limit 1)`;

test('the check after a night of kills finds a lost, a doubled and a one-sided sale', async () => {
  await sellSome(5);
  const honest = await checkTown(town);
  expect(honest).toMatchObject({ lost: 0, doubled: 0, oneSided: 0, problems: [] });
  expect(honest.approvedSales).toBeGreaterThanOrEqual(10);

  await town.query(
    `update settlement set request_key = 'of-no-terminal-at-all' where ${aSale('cash')}`,
  );
  expect(await checkTown(town)).toMatchObject({ lost: 1, doubled: 1, oneSided: 0 });

  await town.query(`update settlement set patient_pay = patient_pay + 1, total = total + 1
    where ${aSale('bank-debit')}`);
  expect(await checkTown(town)).toMatchObject({ lost: 1, doubled: 1, oneSided: 1 });

  await changeAnswer(
    town.query,
    `answer_outcome = 'approved' and state = 'final'
      and settlement_id in (select id from settlement s where s.request_key = r.request_key)`,
    (body) => `${body} `,
  );
  expect(await checkTown(town)).toMatchObject({ lost: 2, doubled: 1, oneSided: 1 });
}, 120_000);
