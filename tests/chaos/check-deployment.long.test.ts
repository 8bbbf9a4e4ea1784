import { afterAll, beforeAll, expect, test } from 'vitest';
import { quieten } from '../support/chaos/chaos-run.ts';
import { checkDeployment } from '../support/chaos/check-deployment.ts';
import type { Deployment } from '../support/chaos/deployment.ts';
import { startDeployment } from '../support/chaos/deployment.ts';
import { changeAnswer } from '../support/postgres/stored-answers.ts';

let deployment: Deployment;

beforeAll(async () => {
  deployment = await startDeployment({ seed: 3, engines: 1, shops: 1, countersEach: 3 });
}, 120_000);
afterAll(() => deployment.close());

/** Sells until so many sales of each tender are approved. */
async function sellSome(count: number): Promise<void> {
  const left = { cash: count, 'bank-debit': count };
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const stop = deployment.onSale(({ tender }) => {
    left[tender] -= 1;
    if (left.cash <= 0 && left['bank-debit'] <= 0) resolve(undefined);
  });
  deployment.open();
  await promise;
  stop();
  await quieten(deployment);
}

const aSale = (tender: string): string => `ctid = (select s.ctid from settlement s
  join request r on r.shard = s.shard and r.settlement_id = s.id and r.request_key = s.request_key
  where s.tender = '${tender}' and s.state = 'posted' and r.answer_outcome = 'approved' limit 1)`;

test('the check after a chaos run finds a lost, a doubled and a one-sided sale', async () => {
  await sellSome(5);
  const honest = await checkDeployment(deployment);
  expect(honest).toMatchObject({ lost: 0, doubled: 0, oneSided: 0, problems: [] });
  expect(honest.approvedSales).toBeGreaterThanOrEqual(10);

  await deployment.query(
    `update settlement set request_key = 'of-no-terminal-at-all' where ${aSale('cash')}`,
  );
  expect(await checkDeployment(deployment)).toMatchObject({ lost: 1, doubled: 1, oneSided: 0 });

  await deployment.query(`update settlement set patient_pay = patient_pay + 1, total = total + 1
    where ${aSale('bank-debit')}`);
  expect(await checkDeployment(deployment)).toMatchObject({ lost: 1, doubled: 1, oneSided: 1 });

  await changeAnswer(
    deployment.query,
    `answer_outcome = 'approved' and state = 'final'
      and settlement_id in (select id from settlement s where s.request_key = r.request_key)`,
    (body) => `${body} `,
  );
  expect(await checkDeployment(deployment)).toMatchObject({ lost: 2, doubled: 1, oneSided: 1 });
}, 120_000);
