/** The tables of packs and their changes: only ever added to, whoever adds at the same time, under verified logins. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createPolicySource } from '../../../../../engine/flows/policy/policy-source.ts';
import type { NewPolicyChange, StoredPack } from '../../../../../engine/ports/reference-data.ts';
import { StoreUnavailable } from '../../../../../engine/ports/store.ts';
import type { ReferenceData } from '../../../../../engine/store/reference/reference-data.ts';
import { openReferenceData } from '../../../../../engine/store/reference/reference-data.ts';
import type { TestDatabase } from '../../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../../support/postgres/test-database.ts';
import {
  createOperators,
  dropOperators,
} from '../../../../support/running-system/policy-office.ts';
import { query } from '../toy-store.ts';

let database: TestDatabase;
let data: ReferenceData;
beforeEach(async () => {
  database = await createTestDatabase();
  data = openReferenceData(database.url);
});
afterEach(async () => {
  await data.close();
  await database.drop();
});

function pack(id: string, digest = 'a'): StoredPack {
  return {
    id,
    content: `{"id": "${id}", "of": "${digest}"}`,
    digest,
    activatedAt: 1_763_776_800_000,
  };
}

function activation(packs: readonly StoredPack[], needsApproval = false): NewPolicyChange {
  const steps = packs.map(({ id }) => ({
    ...({ kind: 'activate', pack: id, replaces: ['441900/2022-12-01-x'] } as const),
    moves: [
      {
        ...{ from: '441900/2022-12-01-x', to: id, region: '441900' },
        ...{ schemes: ['310'], careTypes: ['41'], firstDay: '2026-01-01' },
      },
    ],
  }));
  return { steps, packs, reason: 'letter 2026-118', needsApproval, at: 1_763_776_800_000 };
}

async function add(packs: readonly StoredPack[], needsApproval = false) {
  const { policy } = await data.readRevisions();
  return data.packs.addChange(activation(packs, needsApproval), policy);
}

const [A, B] = ['110000/2027-01-01-a', '441900/2027-01-01-b'] as const;

test('packs and changes are read as they were given, in the order of their activation', async () => {
  const late = { ...pack(A), activatedAt: 1_763_776_900_000 };
  const early = pack(B, 'b');
  expect(await add([late])).toBe(1);
  expect(await add([early])).toBe(2);
  expect((await data.packs.listPacks()).map(({ id }) => id)).toEqual([B, A]);
  expect(await data.packs.readPack(A)).toEqual(late);
  expect(await data.packs.readPack('990000/2027-01-01-c')).toBeUndefined();
  const [first] = await data.packs.listChanges();
  const owner = new URL(database.url).username;
  expect(first).toEqual({
    ...activation([late]),
    packs: [],
    changeNo: 1,
    by: owner,
    approval: undefined,
  });
});

test('each change raises the revision that engines look at, and no other', async () => {
  const before = await data.readRevisions();
  await add([pack(A)]);
  expect(await data.readRevisions()).toEqual({ ...before, policy: before.policy + 1n });
});

test('a change that was judged by an earlier state is not stored', async () => {
  const { policy } = await data.readRevisions();
  const results = await Promise.all(
    [A, B].map((id) => data.packs.addChange(activation([pack(id)]), policy)),
  );
  expect(new Set(results)).toEqual(new Set([1, undefined]));
  expect(await data.packs.listPacks()).toHaveLength(1);
});

test('a proposal keeps its packs to itself until another login approves it', async () => {
  const operators = await createOperators(database.url);
  const [wang, li] = operators.map(({ login, password }) =>
    openReferenceData(Object.assign(new URL(database.url), { username: login, password }).href),
  );
  if (wang === undefined || li === undefined) throw new Error('two operators');
  try {
    const { policy } = await data.readRevisions();
    expect(await wang.packs.addChange(activation([pack(A)], true), policy)).toBe(1);
    expect(await data.packs.listPacks()).toEqual([]);
    const [proposal] = await li.packs.listChanges();
    expect(proposal).toMatchObject({
      by: operators[0].login,
      packs: [pack(A)],
      needsApproval: true,
    });
    const approved = { changeNo: 1, by: operators[0].login, packs: [pack(A)], at: 1 };
    await expect(wang.packs.approveChange(approved, policy + 1n)).rejects.toThrow(
      'policy_change_takes_two_people',
    );
    expect(await li.packs.approveChange(approved, policy)).toBe(false);
    expect(await li.packs.approveChange(approved, policy + 1n)).toBe(true);
    expect(await data.packs.listChanges()).toMatchObject([
      { approval: { by: operators[1].login } },
    ]);
    expect(await data.packs.listPacks()).toHaveLength(1);
    // Nobody writes in another's name, also past the program.
    const forged = `insert into policy_change (change_no, steps, needs_approval, proposed_by, proposed_at, revision)
      values (9, '[]', true, 'somebody', 1, 99)`;
    const url = Object.assign(new URL(database.url), {
      username: operators[1].login,
      password: operators[1].password,
    }).href;
    await expect(query(url, forged)).rejects.toThrow('row-level security');
    await expect(query(url, `delete from policy_approval`)).rejects.toThrow('permission denied');
  } finally {
    await wang.close();
    await li.close();
    await dropOperators(database.url, operators);
  }
});

test('the role that serves requests reads packs and catalogues, and changes none', async () => {
  const as = (statement: string) =>
    query(database.url, `set role yikatong_app; ${statement}`).then(
      () => 'done',
      (error: Error) => error.message,
    );
  const tables = ['policy_pack', 'policy_change', 'policy_approval', 'catalogue'];
  for (const table of [...tables, 'catalogue_item', 'active_catalogue', 'reference_revision']) {
    expect(await as(`select * from ${table}`)).toBe('done');
    expect(await as(`delete from ${table}`)).toContain('permission denied');
  }
  expect(await as(`update policy_pack set content = ''`)).toContain('permission denied');
});

test('a database that is away is told as such', async () => {
  const away = openReferenceData(Object.assign(new URL(database.url), { port: '1' }).href);
  await expect(away.packs.listPacks()).rejects.toThrow(StoreUnavailable);
  const warnings: string[] = [];
  const log = {
    info: () => undefined,
    error: () => undefined,
    warn: (event: string) => warnings.push(event),
  };
  const source = createPolicySource({ shipped: [], store: away.packs, log });
  expect(await source.refresh()).toBe(false);
  expect(warnings).toEqual(['pack-refresh-failed']);
  await away.close();
});
