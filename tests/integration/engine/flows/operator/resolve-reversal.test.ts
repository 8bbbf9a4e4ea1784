/**
 * I-44: a reversal that the bank cannot answer, resolved in the real database by the commands that
 * operators use, each under a database login of their own.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCli } from '../../../../../engine/cli/program.ts';
import * as main from '../../../../../engine/main.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';
import { query } from '../../store/toy-store.ts';
import { openBankLegs, run } from '../open-bank-legs.ts';

const fixture = openBankLegs();

/** Logins belong to the whole server, which other tests use too. */
const mark = `_${process.pid.toString(36)}`;
const [wang, li, engine] = [`wang${mark}`, `li${mark}`, `engine${mark}`] as const;
const passwords = new Map<string, string>();

async function openReversal(): Promise<string> {
  const [sale] = await fixture.reserve(1);
  if (sale === undefined) throw new Error('one sale');
  const { key, settlementId } = sale;
  const of = { key, settlementId, at: fixture.now };
  await run(fixture.engine(), { type: 'begin-reversal', ...of, fence: 0, reason: '98' });
  return settlementId;
}

type Environment = { readonly url?: string; readonly password?: string | undefined };

async function cli(args: readonly string[], { url = fixture.url(), password }: Environment = {}) {
  const [out, errors]: [string[], string[]] = [[], []];
  const code = await runCli(args, {
    env: {
      DATABASE_URL: url,
      YIKATONG_DATA: temporaryFolder(),
      ...(password !== undefined && { PGPASSWORD: password }),
    },
    print: (line) => out.push(line),
    printError: (line) => errors.push(line),
    loadMain: async () => main,
  });
  return { code, out: out.join('\n'), errors: errors.join('\n') };
}

const reversal = (...args: readonly string[]) => cli(['reversal', ...args]);

/** The command under a login that is given with --login. */
const as = (login: string, ...args: readonly string[]) =>
  cli(['reversal', ...args, '--login', login], { password: passwords.get(login) });

/** The address of the database with a login of its own. */
function urlOf(login: string): string {
  const url = new URL(fixture.url());
  return Object.assign(url, { username: login, password: passwords.get(login) ?? '' }).href;
}

const leg = ['--leg', '0'] as const;
const why = ['--outcome', 'bank-kept', '--reason', '银行来函 2026-118'] as const;

beforeEach(async () => {
  for (const [login, purpose] of [
    [wang, 'operator'],
    [li, 'operator'],
    [engine, 'engine'],
  ] as const) {
    const { code, out } = await cli(['login', 'add', login, '--for', purpose]);
    expect(code).toBe(0);
    passwords.set(login, /shown again: (\S+)/.exec(out)?.[1] ?? '');
  }
});

afterEach(async () => {
  for (const login of passwords.keys()) {
    expect((await cli(['login', 'remove', login])).errors).toBe('');
  }
  passwords.clear();
});

test('listed, proposed by one login, approved by another: the difference stands in the books', async () => {
  const id = await openReversal();
  expect((await reversal('list')).out).toContain(`${id}  --leg 0  sale reversing  40.68`);
  expect(await as(wang, 'propose', id, ...leg, ...why)).toMatchObject({
    code: 0,
    out: expect.stringContaining('proposal 1'),
  });
  expect((await reversal('list')).out).toContain(`bank-kept, ${wang}: 银行来函 2026-118`);
  const own = await as(wang, 'approve', id, ...leg);
  expect(own).toMatchObject({ code: 1, errors: expect.stringContaining('NEEDS_SECOND_PERSON') });
  const second = await cli(['reversal', 'approve', id, ...leg], { url: urlOf(li) });
  expect(second).toMatchObject({ code: 0, errors: '' });
  expect((await reversal('list')).out).toBe('没有未完成的冲正 / no reversal is open');
  expect(await fixture.query('select account, amount::int from entry order by account')).toEqual([
    { account: 'bank:P44190000123', amount: -4068 },
    { account: 'suspense:bank:103441980110001', amount: 4068 },
  ]);
  expect(await fixture.query('select state from bank_leg')).toEqual([{ state: 'kept' }]);
  expect(await fixture.query('select * from yikatong_ledger_problems()')).toEqual([]);
  expect(
    await fixture.query(
      `select outcome, reason, proposed_by, proposed_with, approved_by, approved_with
       from closing_proposal
       join closing_approval using (shard, settlement_id, proposal_no, proposed_by)`,
    ),
  ).toEqual([
    {
      outcome: 'bank-kept',
      reason: '银行来函 2026-118',
      proposed_by: wang,
      proposed_with: 'database-login',
      approved_by: li,
      approved_with: 'database-login',
    },
  ]);
});

test('a login with an account does what its roles and regions allow, and every step is on record', async () => {
  const id = await openReversal();
  const account = `acc${mark.replaceAll('_', '-')}`;
  const operator = (...args: readonly string[]) => cli(['operator', ...args]);
  const grants = ['--roles', 'auditor', '--regions', '440000', '--login', wang];
  expect(await operator('add', account, ...grants)).toMatchObject({ code: 0, errors: '' });
  const change = (...args: readonly string[]) =>
    operator('change', account, '--reason', 'test', ...args);
  const propose = async () => (await as(wang, 'propose', id, ...leg, ...why)).errors;
  expect(await propose()).toContain('ACTION_NOT_ALLOWED');
  await change('--roles', 'finance', '--regions', '110000');
  expect(await propose()).toContain('ACTION_OUT_OF_SCOPE');
  await change('--regions', '441900');
  await operator('suspend', account, '--reason', 'test');
  expect(await propose()).toContain('OPERATOR_SUSPENDED');
  await operator('resume', account, '--reason', 'test');
  expect(await propose()).toBe('');
  const rows = await fixture.query(
    `select concat_ws(' ', principal_id, outcome, code) as row from audit_row
     where action = 'reversal.resolve' order by audit_no`,
  );
  expect(rows.map(({ row }) => row)).toEqual([
    `${account} refused ACTION_NOT_ALLOWED`,
    `${account} refused ACTION_OUT_OF_SCOPE`,
    `${account} begun`,
    `${account} done`,
  ]);
});

test('an operator’s login writes no audit row in another name, and changes none', async () => {
  const other = `insert into audit_row (at, principal_kind, principal_id, action, regions, outcome)
    values (1, 'operator', 'somebody', 'audit.read', '{}', 'read')`;
  await expect(query(urlOf(wang), other)).rejects.toThrow('row-level security');
  await query(urlOf(wang), other.replace('somebody', wang));
  for (const statement of ['delete from audit_row', 'select * from operator_credential']) {
    await expect(query(urlOf(wang), statement)).rejects.toThrow('permission denied');
  }
});

test('no name can be typed any more, and a login without its password is nobody', async () => {
  const id = await openReversal();
  expect((await as(wang, 'propose', id, ...leg, ...why, '--by', 'zhao')).errors).toContain('--by');
  const noPassword = await cli(['reversal', 'propose', id, ...leg, ...why, '--login', wang]);
  expect(noPassword).toMatchObject({ code: 1, errors: expect.stringContaining('PGPASSWORD') });
  const wrong = await cli(['reversal', 'propose', id, ...leg, ...why, '--login', wang], {
    password: 'guess',
  });
  expect(wrong).toMatchObject({ code: 1, errors: expect.stringContaining('refused the login') });
  expect(await fixture.query('select 1 from closing_proposal')).toEqual([]);
});

test('neither the owner nor the engine proposes or approves', async () => {
  const id = await openReversal();
  const owner = await reversal('propose', id, ...leg, ...why);
  expect(owner).toMatchObject({ code: 1, errors: expect.stringContaining('database owner') });
  const app = await as(engine, 'propose', id, ...leg, ...why);
  expect(app).toMatchObject({ code: 1, errors: expect.stringContaining('login of the engine') });
  expect((await as(wang, 'propose', id, ...leg, ...why)).code).toBe(0);
  expect((await reversal('approve', id, ...leg)).code).toBe(1);
  expect((await as(engine, 'approve', id, ...leg)).code).toBe(1);
  expect(await fixture.query('select 1 from closing_approval')).toEqual([]);
});

test('what is mistyped is refused, in both languages', async () => {
  const id = await openReversal();
  const rest = ['--outcome', 'bank-kept', '--reason', 'r'];
  expect((await as(wang, 'propose', id, '--leg', 'x', ...rest)).errors).toContain('--leg');
  const outcome = ['--outcome', 'forget-it', '--reason', 'r'];
  expect((await as(wang, 'propose', id, ...leg, ...outcome)).errors).toContain('bank-reversed');
  expect((await as(wang, 'propose', 'nothing', ...leg, ...rest)).errors).toContain(
    'SETTLEMENT_NOT_FOUND',
  );
  expect((await as(li, 'approve', id, ...leg)).errors).toContain('CLOSING_NOT_PROPOSED');
});

describe('the database itself', () => {
  const copyTo = (table: string, by: string) =>
    `insert into ${table} select shard, settlement_id, proposal_no + 1, person_no, leg_no, outcome, reason,
      late_rrn, '${by}', proposed_at, 'database-login' from closing_proposal`;
  const approval = (proposer: string, approver: string) =>
    `insert into closing_approval select shard, settlement_id, proposal_no, person_no, '${proposer}',
      '${approver}', 1, 'database-login' from closing_proposal`;
  const said = (login: string, statement: string) => query(urlOf(login), statement);

  test('takes no approval by the proposer, and none that names another proposer', async () => {
    const id = await openReversal();
    await as(wang, 'propose', id, ...leg, ...why);
    await expect(fixture.query(approval(wang, wang))).rejects.toThrow('two_people');
    await expect(fixture.query(approval('zhao', li))).rejects.toThrow('foreign key');
    await expect(fixture.query(approval(wang, 'LI'))).rejects.toThrow('approved_by');
  });

  test('takes nobody’s word for who they are: a login writes its own name, past the engine too', async () => {
    const id = await openReversal();
    await as(wang, 'propose', id, ...leg, ...why);
    const policy = 'row-level security';
    await expect(said(wang, approval(wang, li))).rejects.toThrow(policy);
    await expect(said(wang, copyTo('closing_proposal', li))).rejects.toThrow(policy);
    await expect(said(li, approval(wang, li))).resolves.toEqual([]);
  });

  test('lets the engine neither propose nor approve, and nobody change what was decided', async () => {
    const id = await openReversal();
    await as(wang, 'propose', id, ...leg, ...why);
    await expect(said(engine, copyTo('closing_proposal', engine))).rejects.toThrow('denied');
    await expect(said(engine, approval(wang, engine))).rejects.toThrow('permission denied');
    for (const login of [engine, li]) {
      for (const change of [
        "update closing_proposal set reason = 'other'",
        'delete from closing_proposal',
        'truncate closing_approval',
      ]) {
        await expect(said(login, change)).rejects.toThrow('permission denied');
      }
    }
  });
});
