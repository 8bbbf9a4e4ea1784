/**
 * Goal: the trail shows together what was done and who read what, to auditors, of their own region, and
 * it holds no personal data.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../../engine/cli/program.ts';
import * as main from '../../engine/main.ts';
import { sandboxTerminals } from '../../engine/sandbox/seed/sandbox-institutions.ts';
import type { Counter } from '../support/running-system/counter.ts';
import { approvedBody, openCounter } from '../support/running-system/counter.ts';
import type { Customer } from '../support/running-system/customers.ts';
import { addTestOperator, ask, signInFirst } from '../support/running-system/office.ts';
import type { RunningSystem } from '../support/running-system/running-system.ts';
import { startSystem } from '../support/running-system/running-system.ts';

let system: RunningSystem;
let customer: Customer;
let counter: Counter;
let token: string;

beforeAll(async () => {
  system = await startSystem();
  customer = await system.enrol();
  counter = await openCounter(system, sandboxTerminals.dongguanPharmacy);
  const sold = await counter.sell(customer);
  expect(sold.kind).toBe('approved');
  const auditor = await addTestOperator(system, 'zheng', { roles: ['auditor'] });
  token = await signInFirst(system.url(), auditor);
});
afterAll(() => system.close());

type Item = {
  readonly source: string;
  readonly action: string;
  readonly by: { readonly id: string };
  readonly personRef: string | null;
  readonly outcome: string;
};

async function trail(wish: object, reader = token): Promise<readonly Item[]> {
  const hour = 3_600_000;
  const [since, until] = [Date.now() - hour, Date.now() + hour].map((at) =>
    new Date(at).toISOString(),
  );
  const body = { since, until, limit: '100', ...wish };
  const said = await ask(system.url(), '/v1/operator/audit', { token: reader, body });
  expect([said.status, said.body.code]).toEqual([200, undefined]);
  return said.body.items as readonly Item[];
}

test('a settlement and its readers stand together, under one reference', async () => {
  const { personNo } = customer.record.person.key;
  const items = await trail({ personNo });
  const sale = items.find(({ source }) => source === 'request');
  expect(sale).toMatchObject({ action: 'bill.settle', outcome: 'approved' });
  // This very question about the person is a read of its own.
  const again = await trail({ personNo });
  const reads = again.filter(({ action }) => action === 'audit.read');
  expect(reads[0]).toMatchObject({ by: { id: 'zheng' }, personRef: sale?.personRef });
});

/** Settles without a quote before it. @returns the settlement's id */
async function settle(): Promise<string> {
  const settled = await counter.client.settle(await counter.requestFor(customer));
  return approvedBody(settled).settlementId;
}

async function rowsOfTerminal() {
  return system.query<{ action: string; ref: string | null; subject: string | null }>(
    `select action, person_ref as ref, subject from audit_row where principal_id = $1
     order by audit_no`,
    [counter.terminal.id],
  );
}

test('what a terminal reads of a person leaves a row, and what it settles leaves none', async () => {
  const before = await rowsOfTerminal();
  expect(before.map(({ action }) => action)).toContain('bill.quote');
  const id = await settle();
  expect(await rowsOfTerminal()).toEqual(before);
  approvedBody(await counter.client.settlement(id));
  const [last] = (await rowsOfTerminal()).slice(-1);
  expect(last).toMatchObject({ action: 'settlement.read', subject: id });
  expect(last?.ref).toMatch(/^[0-9a-f]{32}$/);
});

test('what cannot be recorded is not told', async () => {
  const id = await settle();
  await system.query('alter table audit_row add constraint full_now check (false) not valid');
  try {
    const read = await counter.client.settlement(id);
    expect(read.kind).not.toBe('approved');
    // Money does not wait for the audit.
    await settle();
  } finally {
    await system.query('alter table audit_row drop constraint full_now');
  }
});

test('a step of a card is in it, with who took it and why', async () => {
  const { shard, personNo } = customer.record.person.key;
  await system.query(
    `insert into card_step (shard, person_no, subject, step_no, order_id, kind, at, by_kind, by_id, reason, evidence)
     values ($1, $2, 'A1', 1, 'order-1', 'report-loss', $3, 'operator', 'wang.fang', '遗失', '{}')`,
    [shard, personNo, Date.now()],
  );
  const [step] = (await trail({ personNo, by: 'wang.fang' })) as readonly object[];
  expect(step).toMatchObject({ source: 'card', action: 'card.report-loss', evidence: '遗失' });
});

test('by terminal, by action', async () => {
  const { id } = sandboxTerminals.dongguanPharmacy;
  const items = await trail({ by: id, action: 'bill.settle' });
  expect(items.length).toBeGreaterThan(0);
  expect(items.every(({ by, action }) => by.id === id && action === 'bill.settle')).toBe(true);
  expect(await trail({ by: id, action: 'refund.make' })).toEqual([]);
});

test('an auditor of another region sees nothing of it', async () => {
  const far = await addTestOperator(system, 'far', { roles: ['auditor'], regions: ['310000'] });
  const items = await trail({}, await signInFirst(system.url(), far));
  expect(items.map(({ action }) => action)).toEqual([]);
});

test('nobody else reads it, and the refusal is in it', async () => {
  const finance = await addTestOperator(system, 'fin', { roles: ['finance', 'administrator'] });
  const own = await signInFirst(system.url(), finance);
  const now = new Date().toISOString();
  const body = { since: '2026-01-01T00:00:00Z', until: now, limit: '1' };
  const period = await ask(system.url(), '/v1/operator/audit', { token, body });
  expect(period.body.code).toBe('REQUEST_INVALID');
  const recent = { ...body, since: new Date(Date.now() - 1_000).toISOString() };
  const refused = await ask(system.url(), '/v1/operator/audit', { token: own, body: recent });
  expect(refused.body.code).toBe('ACTION_NOT_ALLOWED');
  const [last] = await trail({ by: 'fin', action: 'audit.read' });
  expect(last).toMatchObject({ outcome: 'refused' });
});

test('no row holds a number of a person or a card', async () => {
  const rows = await system.query<{ text: string }>('select a::text as text from audit_row a');
  const { personNo } = customer.record.person.key;
  expect(rows.length).toBeGreaterThan(3);
  for (const { text } of rows) expect(text).not.toContain(personNo);
});

test('the command lists it for the owner, and accounts are made by command', async () => {
  const out: string[] = [];
  const cli = (...args: string[]) =>
    runCli(args, {
      env: { DATABASE_URL: system.databaseUrl, YIKATONG_DATA: system.dataDir },
      print: (line) => out.push(line),
      printError: (line) => out.push(line),
      loadMain: async () => main,
    });
  const made = [
    'operator',
    'add',
    'first.admin',
    '--roles',
    'administrator',
    '--regions',
    '000000',
  ];
  expect(await cli(...made)).toBe(0);
  expect(out.join('\n')).toMatch(/otpauth:\/\/totp\/yikatong:first\.admin\?secret=[A-Z2-7]{32}&/);
  expect(await cli(...made)).toBe(1);
  expect(out.join('\n')).toContain('OPERATOR_EXISTS');
  expect(await cli('operator', 'suspend', 'zheng', '--reason', 'left')).toBe(0);
  const said = await ask(system.url(), '/v1/operator/me', { token });
  expect(said.status).toBe(401);
  const { personNo } = customer.record.person.key;
  expect(await cli('person', 'suspend', personNo)).toBe(0);
  expect(await cli('person', 'list')).toBe(0);
  out.length = 0;
  expect(await cli('audit', 'list', '--by', 'database-owner')).toBe(0);
  expect(out.join('\n')).toContain('person: listed');
  expect(out.join('\n')).not.toContain(personNo);
  out.length = 0;
  expect(await cli('audit', 'list', '--person', personNo, '--action', 'register.change')).toBe(0);
  expect(out.join('\n')).toContain('person: suspended');
  out.length = 0;
  expect(await cli('audit', 'list', '--by', 'database-owner')).toBe(0);
  expect(out.join('\n')).toContain('operator.administer');
  expect(out.join('\n')).toContain('suspended; left');
});
