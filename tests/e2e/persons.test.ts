/**
 * Goal: an officer of the insured region reads a person's insurance and account, nobody else does, and
 * each read leaves a row.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PersonNo } from '../../engine/base/ids/ids.ts';
import { shardOf } from '../../engine/base/ids/ids.ts';
import { openInsuranceStore } from '../../engine/store/insurance/insurance-store.ts';
import { addTestOperator, ask, signInFirst } from '../support/running-system/office.ts';
import type { RunningSystem } from '../support/running-system/running-system.ts';
import { startSystem } from '../support/running-system/running-system.ts';

let system: RunningSystem;
let personNo: PersonNo;
let region: string;
const tokens = new Map<string, string>();

beforeAll(async () => {
  system = await startSystem();
  const [row] = await system.query<{ person_no: string; region: string }>(
    `select person_no, region from person where region like '4419%' order by person_no limit 1`,
  );
  personNo = (row?.person_no ?? '') as PersonNo;
  region = row?.region ?? '';
  for (const [name, roles, regions] of [
    ['officer.here', ['card-officer'], [region]],
    ['officer.there', ['card-officer'], ['230200']],
    ['policy.here', ['policy'], [region]],
    ['auditor.all', ['auditor'], ['000000']],
  ] as const) {
    const operator = await addTestOperator(system, name, { roles, regions });
    tokens.set(name, await signInFirst(system.url(), operator));
  }
  const records = await openInsuranceStore(system.databaseUrl);
  const file = { source: region, date: '2026-11-30', number: 1 };
  await records.applyChanges(
    [
      {
        ...{ key: { shard: shardOf(personNo), personNo }, relationNo: 'R1', file, line: 3 },
        ...{ state: 'normal', from: '2020-01-01', until: undefined, region, scheme: '310' },
        ...{ personType: '1101', employer: 'E1' },
      },
    ],
    { at: Date.now(), today: '2026-11-30' },
  );
  await records.close();
});
afterAll(() => system.close());

const read = async (name: string, path: string) => {
  const token = tokens.get(name);
  const { status, body } = await ask(system.url(), path, { token });
  return { status, body: body as object };
};

test('an officer of the region reads insurance and account, and a row says so', async () => {
  const insurance = await read('officer.here', `/v1/persons/${personNo}/insurance`);
  expect(insurance).toMatchObject({
    status: 200,
    body: {
      relations: [{ relationNo: 'R1', state: 'normal', from: '2020-01-01', until: null }],
      history: [{ file: `${region}/2026-11-30/1`, line: 3 }],
    },
  });
  const account = await read('officer.here', `/v1/persons/${personNo}/account`);
  expect(account).toMatchObject({ status: 200, body: { credits: [] } });
  const rows = await system.query<{ action: string; outcome: string; person_ref: string }>(
    `select action, outcome, person_ref from audit_row where principal_id = 'officer.here'
     and action = 'person.read'`,
  );
  expect(rows).toHaveLength(2);
  expect(rows[0]).toMatchObject({
    outcome: 'read',
    person_ref: expect.not.stringContaining(personNo),
  });
});

test.each([
  ['officer.there', 'ACTION_OUT_OF_SCOPE'],
  ['policy.here', 'ACTION_NOT_ALLOWED'],
])('%s reads nothing, and the refusal leaves its row', async (name, code) => {
  const { status, body } = await read(name, `/v1/persons/${personNo}/account`);
  expect({ status, body }).toMatchObject({ status: 403, body: { code } });
  const rows = await system.query(
    `select from audit_row where principal_id = $1 and action = 'person.read' and outcome = 'refused'`,
    [name],
  );
  expect(rows).toHaveLength(1);
});

test('whether somebody elsewhere is on record is told to nobody who may not read there', async () => {
  const here = await read('officer.here', '/v1/persons/nobody1/account');
  expect(here.body).toMatchObject({ code: 'ACTION_OUT_OF_SCOPE' });
  const all = await read('auditor.all', '/v1/persons/nobody1/account');
  expect(all).toMatchObject({ status: 404, body: { code: 'PERSON_UNKNOWN' } });
  expect((await ask(system.url(), `/v1/persons/${personNo}/account`)).status).toBe(401);
});
