/**
 * Goal: on the real database, under the engine's login, two people do what takes two, and every step
 * leaves a row.
 */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fail, ok } from '../../../../../engine/base/errors/result.ts';
import { openOffice } from '../../../../../engine/compose/office.ts';
import type { Principal } from '../../../../../engine/domain/principal/principal.ts';
import type { OfficeDeps } from '../../../../../engine/flows/operator/office.ts';
import {
  approveAct,
  listProposals,
  proposeAct,
  withdrawAct,
} from '../../../../../engine/flows/principal/two-people.ts';
import { createTestKeys } from '../../../../support/flows/test-keys.ts';
import { asEngine } from '../../../../support/postgres/engine-login.ts';
import type { TestDatabase } from '../../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../../support/postgres/test-database.ts';
import { query } from '../../store/toy-store.ts';

let database: TestDatabase;
let office: OfficeDeps;
const stops: (() => Promise<void>)[] = [];
beforeAll(async () => {
  database = await createTestDatabase();
  const environment = { now: () => Date.now(), randomBytes };
  office = openOffice(asEngine(database.url), { keys: createTestKeys(), environment }, stops);
});
afterAll(async () => {
  for (const stop of stops) await stop();
  await database.drop();
});

const operator = (id: string, regions = ['441900']): Principal => ({
  ...{ kind: 'operator', id, session: `session of ${id}`, roles: new Set(['finance']) },
  scopes: { regions, institutions: [] },
});
const [wang, li] = [operator('wang'), operator('li')];
const order = {
  ...({ by: wang, action: 'credits.release', region: '441900' } as const),
  ...{ content: { file: 'a1', total: '100.00' }, reason: '每月划拨' },
} as const;

async function propose() {
  const proposed = await proposeAct(office, order);
  if (!proposed.ok) throw new Error(proposed.error.code);
  return proposed.value.proposalNo;
}

async function approve(by: Principal, proposalNo: bigint, released: object[] = []) {
  const approval = { by, proposalNo, action: 'credits.release' } as const;
  const done = await approveAct(office, approval, async ({ content }) => {
    released.push(content);
    return ok(undefined);
  });
  return done.ok ? 'done' : done.error.code;
}

test('one proposes, another approves, and it is done with what was proposed', async () => {
  const proposalNo = await propose();
  expect(await listProposals(office, li)).toMatchObject([{ proposalNo, content: order.content }]);
  expect(await listProposals(office, operator('far', ['110000']))).toEqual([]);
  const released: object[] = [];
  expect(await approve(wang, proposalNo, released)).toBe('PROPOSAL_NEEDS_SECOND_PERSON');
  expect(await approve(operator('far', ['110000']), proposalNo, released)).toBe(
    'ACTION_OUT_OF_SCOPE',
  );
  expect(released).toEqual([]);
  expect(await approve(li, proposalNo, released)).toBe('done');
  expect(released).toEqual([order.content]);
  expect(await approve(operator('zhao'), proposalNo, released)).toBe('PROPOSAL_ENDED');
  const rows = await query(
    database.url,
    `select principal_id, outcome, code from audit_row where subject = 'proposal ${proposalNo}'
     order by audit_no`,
  );
  expect(rows.map((row) => Object.values(row).join(' ').trim())).toEqual([
    'wang begun',
    'wang refused PROPOSAL_NEEDS_SECOND_PERSON',
    'far refused ACTION_OUT_OF_SCOPE',
    'li done',
    'li begun',
    'li done',
    'zhao refused PROPOSAL_ENDED',
  ]);
});

test('of two who approve at the same moment one does it', async () => {
  const proposalNo = await propose();
  const released: object[] = [];
  const codes = await Promise.all(
    [li, operator('zhao')].map((by) => approve(by, proposalNo, released)),
  );
  expect(codes.sort()).toEqual(['PROPOSAL_ENDED', 'done']);
  expect(released).toHaveLength(1);
});

test('what failed after its approval is done by approving again', async () => {
  const proposalNo = await propose();
  const approval = { by: li, proposalNo, action: 'credits.release' } as const;
  const failed = await approveAct(office, approval, async () => fail({ code: 'UNAVAILABLE' }));
  expect(failed).toMatchObject({ error: { code: 'UNAVAILABLE' } });
  expect(await approve(li, proposalNo)).toBe('done');
});

test('the proposer takes it back, and then nobody approves it', async () => {
  const proposalNo = await propose();
  expect((await withdrawAct(office, li, proposalNo)).ok).toBe(false);
  expect((await withdrawAct(office, wang, proposalNo)).ok).toBe(true);
  expect(await approve(li, proposalNo)).toBe('PROPOSAL_ENDED');
});

test('the database refuses one person for both, whatever the program says', async () => {
  const proposalNo = await propose();
  const end = `insert into proposal_end (proposal_no, proposed_by, verdict, ended_by, ended_at)
    values (${proposalNo}, 'wang', 'approved', 'wang', 1)`;
  await expect(query(database.url, end)).rejects.toThrow('proposal_takes_two_people');
});
