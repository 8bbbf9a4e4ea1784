/** Goal: the roles' rights are complete whenever the roles were made, and no more than they should be. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { grantRolesAt } from '../../../../../engine/store/roles/grant-roles.ts';
import type { TestDatabase } from '../../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../../support/postgres/test-database.ts';
import { query } from '../toy-store.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

/** Every right of the two roles, by object. */
const rights = () =>
  query(
    database.url,
    `select what, grantee::regrole::text as role, privilege_type as privilege
     from (
       select oid::regclass::text as what, relacl as acl from pg_class
         where relnamespace = 'public'::regnamespace
       union all
       select attrelid::regclass || '.' || attname, attacl from pg_attribute
         join pg_class c on c.oid = attrelid and c.relnamespace = 'public'::regnamespace
       union all
       select oid::regprocedure::text, proacl from pg_proc where pronamespace = 'public'::regnamespace
       union all
       select nspname, nspacl from pg_namespace where nspname = 'public'
     ) as objects cross join lateral aclexplode(acl)
     where grantee::regrole::text in ('yikatong_app', 'yikatong_operator')
     order by 1, 2, 3`,
  );

/** As if the roles had been made after the tables: their rights are gone. */
const takeAll = `do $$ begin
  revoke all on all tables in schema public from yikatong_app, yikatong_operator;
  revoke all on all sequences in schema public from yikatong_app, yikatong_operator;
  revoke all on all functions in schema public from yikatong_app, yikatong_operator;
  revoke all on schema public from yikatong_app, yikatong_operator;
end $$`;

test('roles that were made after the tables get every right that the migrations give', async () => {
  const before = await rights();
  expect(before.length).toBeGreaterThan(100);
  await query(database.url, takeAll);
  expect(await rights()).toEqual([]);
  expect(await grantRolesAt(database.url)).toEqual([]);
  expect(await rights()).toEqual(before);
});

test('again changes nothing', async () => {
  const before = await rights();
  await grantRolesAt(database.url);
  await grantRolesAt(database.url);
  expect(await rights()).toEqual(before);
});

test('no role removes or rewrites what was posted, answered or decided', async () => {
  const append = ['posting', 'answer_block', 'closing_proposal', 'closing_approval'];
  const found = await rights();
  for (const { what, privilege, role } of found) {
    const isKept = append.some((table) => `${what}`.startsWith(table));
    if (isKept) expect([what, role, ['SELECT', 'INSERT'].includes(`${privilege}`)]).toContain(true);
    if (`${what}`.startsWith('invalid_list')) continue;
    expect([what, role, privilege]).not.toContain('DELETE');
    expect([what, role, privilege]).not.toContain('TRUNCATE');
  }
});

test('a login without the owner’s rights grants nothing, and is refused', async () => {
  await query(database.url, "create role roles_stranger login password 'x'");
  try {
    const url = Object.assign(new URL(database.url), {
      username: 'roles_stranger',
      password: 'x',
    });
    await expect(grantRolesAt(url.href)).rejects.toThrow(/permission denied|must be owner/);
  } finally {
    await query(database.url, 'drop role roles_stranger');
  }
});
