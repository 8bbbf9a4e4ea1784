/**
 * Goal: an operator gets in with password and second factor and in no other way, does what their account
 * allows, and is out the moment they are signed out or suspended.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TestOperator } from '../support/running-system/office.ts';
import {
  addTestOperator,
  ask,
  holderOf,
  signIn,
  signInFirst,
} from '../support/running-system/office.ts';
import type { RunningSystem } from '../support/running-system/running-system.ts';
import { startSystem } from '../support/running-system/running-system.ts';

let system: RunningSystem;
let administrator: TestOperator;
/** Of the administrator. */
let token: string;

beforeAll(async () => {
  system = await startSystem();
  administrator = await addTestOperator(system, 'root.admin', { roles: ['administrator'] });
  token = await signInFirst(system.url(), administrator);
});
afterAll(() => system.close());

const say = (path: string, options: Parameters<typeof ask>[2] = {}) =>
  ask(system.url(), path, options);

/** Made by the administrator over HTTP. */
async function hire(name: string, roles: readonly string[], regions = ['441900']) {
  const body = { name, roles, regions, institutions: [], databaseLogin: null };
  const made = await say('/v1/operator/accounts', { token, body });
  expect(made.status).toBe(200);
  return holderOf(name, made.body);
}

async function lastAudit(name: string) {
  const [row] = await system.query<{ action: string; outcome: string; code: string | null }>(
    `select action, outcome, code from audit_row where principal_id = $1
     order by audit_no desc limit 1`,
    [name],
  );
  return row;
}

describe('signing in', () => {
  test('takes both factors, and says of neither that it was the wrong one', async () => {
    const wang = await hire('wang.fang', ['card-officer']);
    const { name, password } = wang;
    const right = { name, password, code: wang.nextCode() };
    const wrong = [
      { ...right, password: `${password}x` },
      { ...right, code: '000000' },
      { ...right, name: 'nobody.here' },
      { ...right, name: "x' or '1'='1" },
    ];
    for (const body of wrong) {
      const said = await say('/v1/operator/sign-in', { body });
      expect([said.status, said.body.code]).toEqual([401, 'OPERATOR_SIGN_IN_REFUSED']);
    }
    expect(await lastAudit('wang.fang')).toMatchObject({
      action: 'operator.sign-in',
      outcome: 'refused',
      code: 'OPERATOR_SIGN_IN_REFUSED',
    });
    const said = await say('/v1/operator/sign-in', { body: right });
    expect(said.body.operator).toMatchObject({ name, roles: ['card-officer'] });
    const again = await say('/v1/operator/sign-in', { body: right });
    expect(again.body.code).toBe('OPERATOR_CODE_USED');
  });

  test('the password of an administrator opens nothing but its own change', async () => {
    const li = await hire('li.si', ['auditor'], ['000000']);
    const first = await signIn(system.url(), li);
    const refused = await say('/v1/operator/accounts', { token: first });
    expect(refused.body.code).toBe('OPERATOR_PASSWORD_MUST_CHANGE');
    const weak = { oldPassword: li.password, newPassword: 'li.si li.si 1' };
    const said = await say('/v1/operator/password', { token: first, body: weak });
    expect(said.body.code).toBe('OPERATOR_PASSWORD_WEAK');
    const body = { oldPassword: li.password, newPassword: 'a quite long one 27' };
    expect((await say('/v1/operator/password', { token: first, body })).status).toBe(200);
    expect((await say('/v1/operator/accounts', { token: first })).status).toBe(200);
  });

  test('five wrong tries lock for everybody, and a reset opens', async () => {
    const zhao = await hire('zhao.wu', ['finance']);
    const body = { name: zhao.name, password: 'wrong', code: '000000' };
    const tries = await Promise.all(
      Array.from({ length: 8 }, () => say('/v1/operator/sign-in', { body })),
    );
    const codes = tries.map(({ body: { code } }) => code);
    expect(codes.filter((code) => code === 'OPERATOR_SIGN_IN_REFUSED')).toHaveLength(5);
    const right = { name: zhao.name, password: zhao.password, code: zhao.nextCode() };
    const locked = await say('/v1/operator/sign-in', { body: right });
    expect([locked.status, locked.body.code]).toEqual([403, 'OPERATOR_LOCKED']);
    expect(Number(locked.headers.get('retry-after'))).toBeGreaterThan(60);
    const reset = await say('/v1/operator/accounts/zhao.wu/reset', { token, body: {} });
    await signIn(system.url(), holderOf('zhao.wu', reset.body));
    const old = { ...right, code: zhao.nextCode() };
    expect((await say('/v1/operator/sign-in', { body: old })).body.code).toBe(
      'OPERATOR_SIGN_IN_REFUSED',
    );
  });
});

describe('a session', () => {
  test('ends with the sign-out, and with nobody’s token nobody gets in', async () => {
    const qian = await hire('qian.liu', ['auditor']);
    const own = await signInFirst(system.url(), qian);
    expect((await say('/v1/operator/me', { token: own })).body.operator.name).toBe('qian.liu');
    expect((await say('/v1/operator/sign-out', { token: own, body: {} })).status).toBe(200);
    for (const tried of [own, 'x'.repeat(43), '', undefined]) {
      const said = await say('/v1/operator/me', { token: tried });
      expect([said.status, said.body.code]).toEqual([401, 'OPERATOR_SESSION_ENDED']);
    }
  });

  test('ends at once when the account is suspended, and does not come back with it', async () => {
    const sun = await hire('sun.qi', ['auditor']);
    const own = await signInFirst(system.url(), sun);
    const change = (state: string) =>
      say('/v1/operator/accounts/sun.qi', { token, body: { state, reason: 'test' } });
    expect((await change('suspended')).body.state).toBe('suspended');
    expect((await say('/v1/operator/me', { token: own })).status).toBe(401);
    const body = { name: sun.name, password: sun.password, code: sun.nextCode() };
    expect((await say('/v1/operator/sign-in', { body })).body.code).toBe('OPERATOR_SUSPENDED');
    await change('active');
    expect((await say('/v1/operator/me', { token: own })).status).toBe(401);
    await signIn(system.url(), sun);
  });

  test('only a hash of its token is stored', async () => {
    const rows = await system.query<{ row: string }>(
      'select s::text as row from operator_session s',
    );
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter(({ row }) => row.includes(token))).toEqual([]);
  });
});

describe('accounts', () => {
  test('are run by administrators alone, and a refusal leaves its row', async () => {
    const zhou = await hire('zhou.ba', ['finance', 'policy', 'card-officer', 'supervisor']);
    const own = await signInFirst(system.url(), zhou);
    const body = {
      ...{ name: 'new.one', roles: ['administrator'], regions: ['000000'] },
      ...{ institutions: [], databaseLogin: null },
    };
    const said = await say('/v1/operator/accounts', { token: own, body });
    expect([said.status, said.body.code]).toEqual([403, 'ACTION_NOT_ALLOWED']);
    expect(await lastAudit('zhou.ba')).toEqual({
      action: 'operator.administer',
      outcome: 'refused',
      code: 'ACTION_NOT_ALLOWED',
    });
  });

  test('an administrator of one region runs no accounts of the whole country', async () => {
    const wu = await hire('wu.jiu', ['administrator'], ['440000']);
    const own = await signInFirst(system.url(), wu);
    const said = await say('/v1/operator/accounts', { token: own });
    expect(said.body.code).toBe('ACTION_OUT_OF_SCOPE');
  });

  test('nobody changes their own', async () => {
    const body = { roles: ['auditor', 'administrator'], reason: 'more' };
    const said = await say('/v1/operator/accounts/root.admin', { token, body });
    expect(said.body.code).toBe('OPERATOR_IS_SELF');
    const reset = await say('/v1/operator/accounts/root.admin/reset', { token, body: {} });
    expect(reset.body.code).toBe('OPERATOR_IS_SELF');
  });

  test.each([
    ['twice', { name: 'root.admin' }, 409, 'OPERATOR_EXISTS'],
    ['with a role that there is not', { roles: ['root'] }, 400, 'REQUEST_INVALID'],
    ['for a region that is none', { regions: ['4419'] }, 400, 'REQUEST_INVALID'],
  ])('none is made %s', async (_, wrong, status, code) => {
    const good = { name: 'fine.one', roles: ['auditor'], regions: ['441900'], institutions: [] };
    const body = { ...good, databaseLogin: null, ...wrong };
    const said = await say('/v1/operator/accounts', { token, body });
    expect([said.status, said.body.code]).toEqual([status, code]);
  });
});

test('an audit row is never changed or removed, by nobody', async () => {
  for (const statement of [
    "update audit_row set outcome = 'done'",
    'delete from audit_row',
    'truncate audit_row cascade',
  ]) {
    await expect(system.query(statement)).rejects.toThrow('audit rows are only added');
  }
});
