/** `yikatong person claims` and `settle-claim` as an operator of the insurer sees them. */
import { describe, expect, test } from 'vitest';
import type { SettlementId } from '../../../../../engine/base/ids/ids.ts';
import { fen, ZERO } from '../../../../../engine/base/money/fen.ts';
import type { EngineModule } from '../../../../../engine/cli/cli-context.ts';
import { runCli } from '../../../../../engine/cli/program.ts';
import type { Claim } from '../../../../../engine/domain/correction/correction.ts';
import type { ToldAnswer } from '../../../../../engine/domain/request/answer.ts';
import { claimAnswer, declinedAnswer } from '../../../../../engine/domain/request/answer.ts';
import { person, yuan } from '../../../../support/domain/builders.ts';

const owing: Claim = {
  key: person().key,
  settlementId: '0701JDFQ8000A1B2C3D4E5F6G7H8' as SettlementId,
  region: '110000',
  owed: yuan('700.00'),
  paid: ZERO,
  payments: 0,
  changedAt: Date.UTC(2026, 10, 22, 2),
  paidBy: undefined,
  voucher: undefined,
};
/** Collected, and then the bill went back. */
const owedBack: Claim = {
  ...owing,
  settlementId: '0701JDFQ9000A1B2C3D4E5F6G7H8' as SettlementId,
  owed: ZERO,
  paid: fen(70_000n),
  payments: 1,
};

type Asked = { readonly regions: unknown[]; readonly orders: unknown[] };

/** @param env of the environment, beside the sandbox's defaults */
async function run(
  args: readonly string[],
  told: { readonly claims?: readonly Claim[]; readonly answer?: ToldAnswer; env?: object } = {},
) {
  const [out, errors]: [string[], string[]] = [[], []];
  const asked: Asked = { regions: [], orders: [] };
  const main: Pick<EngineModule, 'listClaims' | 'settleClaim'> = {
    listClaims: async (_, region) => {
      asked.regions.push(region);
      return told.claims ?? [];
    },
    settleClaim: async (_, credentials, order) => {
      asked.orders.push({ ...order, login: credentials?.login });
      return told.answer ?? claimAnswer(owing);
    },
  };
  const code = await runCli(['person', ...args], {
    env: { ...told.env },
    print: (line) => out.push(line),
    printError: (line) => errors.push(line),
    loadMain: async () => main as EngineModule,
  });
  return { code, out, errors, ...asked };
}

const settle = (...args: readonly string[]) => ['settle-claim', owing.settlementId, ...args];

describe('claims', () => {
  test('a line each: who owes whom, and the option that settles it', async () => {
    const { code, out } = await run(['claims'], { claims: [owing, owedBack] });
    expect(code).toBe(0);
    expect(out).toEqual([
      '0701JDFQ8000A1B2C3D4E5F6G7H8  110000  应收 / owed by the person  --collected 700.00  ' +
        '自 / since 2026-11-22T10:00:00.000+08:00',
      '0701JDFQ9000A1B2C3D4E5F6G7H8  110000  应付 / owed to the person  --paid-out 700.00  ' +
        '自 / since 2026-11-22T10:00:00.000+08:00',
    ]);
  });

  test('none is said in words; only the region that was named is asked for', async () => {
    const { out, regions } = await run(['claims', '--region', '110000']);
    expect(out).toEqual(['没有未结清的应收或应付 / nothing is open']);
    expect(regions).toEqual(['110000']);
  });

  test('as data: signed amounts as text, and nothing of the person', async () => {
    const { out } = await run(['claims', '--json'], { claims: [owedBack] });
    expect(JSON.parse(out.join(''))).toEqual([
      {
        settlementId: '0701JDFQ9000A1B2C3D4E5F6G7H8',
        region: '110000',
        owed: '0.00',
        paid: '700.00',
        open: '-700.00',
        changedAt: '2026-11-22T10:00:00.000+08:00',
      },
    ]);
  });
});

describe('settle-claim', () => {
  test.each(['collected', 'paid-out'] as const)('--%s is recorded', async (direction) => {
    const { code, out, orders } = await run(settle(`--${direction}`, '700.00', '--voucher', 'R-1'));
    expect(code).toBe(0);
    expect(out).toEqual(['已登记，该笔已结清 / recorded; nothing is open any more']);
    const { settlementId } = owing;
    expect(orders).toEqual([{ settlementId, amount: '700.00', direction, voucher: 'R-1' }]);
  });

  test('in the name of the login that was given', async () => {
    const args = settle('--collected', '700.00', '--voucher', 'R-1', '--login', 'wang');
    const { orders } = await run(args, { env: { PGPASSWORD: 'secret' } });
    expect(orders).toMatchObject([{ login: 'wang' }]);
  });

  test('a refusal is a line in each language with its code and what to do, exit code 1', async () => {
    const answer = declinedAnswer('CLAIM_CHANGED', { settlementId: owing.settlementId });
    const args = settle('--collected', '600.00', '--voucher', 'R-1');
    const { code, out, errors } = await run(args, { answer });
    expect(code).toBe(1);
    expect(out).toEqual([]);
    expect(errors).toEqual([
      '应收或应付的金额已变化（CLAIM_CHANGED）；请重新列出并按现在的金额办理',
      'The open amount is another one by now (CLAIM_CHANGED); ' +
        'List the open claims again, and collect or pay out the amount of now',
    ]);
  });

  test.each([
    ['neither direction', []],
    ['both directions', ['--collected', '1.00', '--paid-out', '1.00']],
  ])('%s: nothing is recorded', async (_, directions) => {
    const { code, errors, orders } = await run(settle(...directions, '--voucher', 'R-1'));
    expect(code).toBe(1);
    expect(errors).toEqual([
      '请给出 --collected 或 --paid-out 之一',
      'Say either --collected or --paid-out',
    ]);
    expect(orders).toEqual([]);
  });

  test('without a voucher nothing is recorded', async () => {
    const { code, orders } = await run(settle('--collected', '700.00'));
    expect([code, orders]).toEqual([1, []]);
  });
});
