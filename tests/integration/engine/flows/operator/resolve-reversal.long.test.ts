/** I-44: closing a reversal by hand in the real database, by the commands that operators use. */
import { describe, expect, test } from 'vitest';
import { runCli } from '../../../../../engine/cli/program.ts';
import * as main from '../../../../../engine/main.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';
import { openBankLegs, run } from '../open-bank-legs.ts';

const fixture = openBankLegs();

async function openReversal(): Promise<string> {
  const [sale] = await fixture.reserve(1);
  if (sale === undefined) throw new Error('one sale');
  const { key, settlementId } = sale;
  const of = { key, settlementId, at: fixture.now };
  const engine = fixture.engine();
  await run(engine, { type: 'begin-reversal', ...of, fence: 0, reason: '98' });
  return settlementId;
}

async function cli(...args: readonly string[]) {
  const [out, errors]: [string[], string[]] = [[], []];
  const code = await runCli(['reversal', ...args], {
    env: { DATABASE_URL: fixture.url(), YIKATONG_DATA: temporaryFolder() },
    print: (line) => out.push(line),
    printError: (line) => errors.push(line),
    loadMain: async () => main,
  });
  return { code, out: out.join('\n'), errors: errors.join('\n') };
}

test('listed, proposed by one, approved by another: the difference stands in the books', async () => {
  const id = await openReversal();
  const leg = ['--leg', '0'];
  const why = ['--outcome', 'bank-kept', '--reason', '银行来函 2026-118'];
  expect((await cli('list')).out).toContain(`${id}  --leg 0  sale reversing  40.68`);
  expect(await cli('propose', id, ...leg, ...why, '--by', 'Wang Fang')).toMatchObject({
    code: 0,
    out: expect.stringContaining('proposal 1'),
  });
  expect((await cli('list')).out).toContain('bank-kept, wang fang: 银行来函 2026-118');
  const own = await cli('approve', id, ...leg, '--by', ' WANG  FANG');
  expect(own).toMatchObject({ code: 1, errors: expect.stringContaining('NEEDS_SECOND_PERSON') });
  expect(await cli('approve', id, ...leg, '--by', 'Li Qiang')).toMatchObject({ code: 0 });
  expect((await cli('list')).out).toBe('没有未完成的冲正 / no reversal is open');
  expect(await fixture.query('select account, amount::int from entry order by account')).toEqual([
    { account: 'bank:P44190000123', amount: -4068 },
    { account: 'suspense:bank:103441980110001', amount: 4068 },
  ]);
  expect(await fixture.query('select state from bank_leg')).toEqual([{ state: 'kept' }]);
  expect(await fixture.query('select * from yikatong_ledger_problems()')).toEqual([]);
  expect(
    await fixture.query(
      `select outcome, reason, proposed_by, approved_by from closing_proposal
       join closing_approval using (shard, settlement_id, proposal_no, proposed_by)`,
    ),
  ).toEqual([
    {
      outcome: 'bank-kept',
      reason: '银行来函 2026-118',
      proposed_by: 'wang fang',
      approved_by: 'li qiang',
    },
  ]);
});

test('what is mistyped is refused, in both languages', async () => {
  const id = await openReversal();
  const rest = ['--outcome', 'bank-kept', '--reason', 'r', '--by', 'wang'];
  expect((await cli('propose', id, '--leg', 'x', ...rest)).errors).toContain('--leg');
  const outcome = ['--outcome', 'forget-it', '--reason', 'r', '--by', 'wang'];
  expect((await cli('propose', id, '--leg', '0', ...outcome)).errors).toContain('bank-reversed');
  expect((await cli('propose', 'nothing', '--leg', '0', ...rest)).errors).toContain(
    'SETTLEMENT_NOT_FOUND',
  );
  const noName = ['--outcome', 'bank-kept', '--reason', 'r', '--by', '??'];
  expect((await cli('propose', id, '--leg', '0', ...noName)).errors).toContain('REQUEST_INVALID');
  expect((await cli('approve', id, '--leg', '0', '--by', 'li')).errors).toContain(
    'CLOSING_NOT_PROPOSED',
  );
});

describe('the database itself', () => {
  async function proposed() {
    const id = await openReversal();
    const why = ['--outcome', 'bank-kept', '--reason', 'r', '--by', 'wang'];
    await cli('propose', id, '--leg', '0', ...why);
    return id;
  }
  const approval = (proposer: string, approver: string) =>
    `insert into closing_approval select shard, settlement_id, proposal_no, person_no, '${proposer}',
      '${approver}', 1 from closing_proposal`;

  test('takes no approval by the proposer, and none that names another proposer', async () => {
    await proposed();
    await expect(fixture.query(approval('wang', 'wang'))).rejects.toThrow('two_people');
    await expect(fixture.query(approval('zhao', 'wang'))).rejects.toThrow('foreign key');
    await expect(fixture.query(approval('wang', 'WANG'))).rejects.toThrow('approved_by');
    await expect(fixture.query(approval('wang', ' wang'))).rejects.toThrow('approved_by');
  });

  test('lets the engine’s own role neither propose nor approve, and nobody change what was decided', async () => {
    await proposed();
    const as = (role: string, statement: string) =>
      fixture.query(`begin; set local role ${role}; ${statement}; commit`);
    const copy = 'insert into closing_proposal select * from closing_proposal';
    await expect(as('yikatong_app', copy)).rejects.toThrow('permission denied');
    await expect(as('yikatong_app', approval('wang', 'li'))).rejects.toThrow('permission denied');
    for (const role of ['yikatong_app', 'yikatong_operator']) {
      for (const change of [
        "update closing_proposal set reason = 'other'",
        'delete from closing_proposal',
        'truncate closing_approval',
      ]) {
        await expect(as(role, change)).rejects.toThrow('permission denied');
      }
    }
  });
});
