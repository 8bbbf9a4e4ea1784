// Goal: a real place begins from its own files, without seed data: registers, opening balances, first settlement.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fen } from '../../engine/base/money/fen.ts';
import { runCli } from '../../engine/cli/program.ts';
import { type Engine, startEngine } from '../../engine/main.ts';
import { readConfig } from '../../engine/ops/config.ts';
import { sandboxBills, toWireBill } from '../../engine/sandbox/data/bills.ts';
import { type IssuedCard, issueCard } from '../../engine/sandbox/issuer/issue-card.ts';
import { prepareSandboxKeys } from '../../engine/sandbox/keys/sandbox-keys.ts';
import { loadIssuingKeys } from '../../engine/sandbox/seed/seed-sandbox.ts';
import { createSoftwarePinPad } from '../../terminal-adapter/agent/pin-pad.ts';
import { openCounter, systemClock } from '../../terminal-adapter/counter/open-counter.ts';
import { createSimulatedReader } from '../../terminal-adapter/readers/simulated-reader.ts';
import {
  createVirtualCard,
  NEW_CARD_STATE,
} from '../../terminal-adapter/virtual-card/virtual-card.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres/test-database.ts';

const PIN = '528719';
const folder = mkdtempSync(join(tmpdir(), 'yikatong-place-'));
let database: TestDatabase;
let environment: Record<string, string>;
let engine: Engine | undefined;
let issued: IssuedCard;

beforeAll(async () => {
  database = await createTestDatabase();
  environment = {
    ...{ YIKATONG_DATA: folder, YIKATONG_PORT: '0', YIKATONG_LOG_LEVEL: 'silent' },
    ...{ DATABASE_URL: database.url, YIKATONG_BANK_HOST: '127.0.0.1', YIKATONG_BANK_PORT: '9' },
  };
  // The card's keys are diversified from the masters of this keystore, as an issuing centre does it.
  prepareSandboxKeys(join(folder, 'keys'));
  issued = issueCard(
    {
      ...{ serial: 70_001, region: '441900', specVersion: '3.00', issuedOn: '2021-01-01' },
      holder: { name: '测试戊', latinName: 'CESHI/WU', sex: '1', birthDate: '1988-05-20' },
      ...{ expiresOn: '2036-01-01', standing: 'active', oralLossUntil: undefined },
      ...{ medicalPin: PIN, bankPin: '147369', bankBalance: fen(0n) },
    },
    loadIssuingKeys(join(folder, 'keys')),
  );
});
afterAll(async () => {
  await engine?.stop();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function yikatong(...args: string[]) {
  const [out, errors]: [string[], string[]] = [[], []];
  const code = await runCli(args, {
    env: environment,
    print: (line) => out.push(line),
    printError: (line) => errors.push(line),
    loadMain: () => import('../../engine/main.ts'),
  });
  return { code, out: out.join('\n'), errors: errors.join('\n') };
}

function file(name: string, ...lines: readonly string[]): string {
  const path = join(folder, name);
  // As a spreadsheet saves it: byte order mark, Windows line ends.
  writeFileSync(path, `\uFEFF${lines.join('\r\n')}\r\n`);
  return path;
}

const pharmacy = 'P44190000123';
const persons = (...rows: readonly string[]) =>
  file(
    'persons.csv',
    'person_no,name,region,scheme,person_type,birth_date,traits,account_status,account_balance',
    ...rows,
  );
const person = () => `${issued.card.key.personNo},测试戊,441900,310,1101,1988-05-20,,active,800.00`;

test('a file with wrong rows changes nothing, and says line, column and why', async () => {
  expect(await yikatong('migrate')).toMatchObject({ code: 0 });
  const rejects = join(folder, 'rejects.csv');
  const wrong = persons(
    person(),
    person(),
    '99001,某人,441900,999,1101,1988-05-20,,active,1.00',
    '99002,某人,441900,310,1101,20 May 1988,,active,1.5',
  );
  const { code, errors } = await yikatong('person', 'import', wrong, '--rejects', rejects);
  expect(code).toBe(1);
  expect(errors).toContain('第 3 行 / line 3, person_no: 与第 2 行重复 / the same as in line 2');
  expect(errors).toContain('no policy pack is for scheme 999 in region 441900');
  expect(errors).toContain('birth_date: 出生日期应为日期，如 1988-05-20');
  expect(errors).toContain('nothing was written');
  expect(readFileSync(rejects, 'utf8').trim().split('\r\n')).toHaveLength(5);
  expect((await yikatong('person', 'list')).out).toContain('none is on record');
});

test('files that no reader should guess at are refused', async () => {
  const gbk = join(folder, 'gbk.csv');
  writeFileSync(
    gbk,
    Buffer.concat([Buffer.from('person_no,name\r\n1,'), Buffer.from([0xb2, 0xe2])]),
  );
  expect((await yikatong('person', 'import', gbk)).errors).toContain('不是 UTF-8');
  const short = persons('1,2');
  expect((await yikatong('person', 'import', short)).errors).toContain('another number of cells');
  const head = file('head.csv', 'person_no,nmae', '1,2');
  const { errors } = await yikatong('person', 'import', head);
  expect(errors).toContain('nmae: 未知的列');
  expect(errors).toContain('the column name (name) is missing');
});

test('registers are filled in their order, twice without harm, and their sums agree', async () => {
  const institution = ['--code', pharmacy, '--name', '某大药房', '--region', '441900'];
  expect(await yikatong('institution', 'add', ...institution, '--kind', 'pharmacy')).toMatchObject({
    code: 0,
  });
  const terminals = file(
    'terminals.csv',
    'id,institution,care_types,bank_terminal_id,bank_merchant_id',
    `DG-0001,${pharmacy},41,44190001,898441900000001`,
  );
  const keys = join(folder, 'terminal-keys');
  expect(await yikatong('terminal', 'import', terminals, '--keys-out', keys)).toMatchObject({
    code: 0,
  });
  expect(statSync(join(keys, 'DG-0001.json')).mode & 0o777).toBe(0o600);

  const good = persons(person(), '99003,某人,441900,310,1201,1950-01-01,,active,12.30');
  expect((await yikatong('person', 'import', good, '--dry-run')).out).toMatch(
    /added: 2 .*nothing was written/,
  );
  expect((await yikatong('person', 'import', good)).out).toContain('added: 2');
  expect((await yikatong('person', 'import', good)).out).toContain('on record already: 2');
  const openings = file(
    'openings.csv',
    'person_no,year,name,amount',
    `${issued.card.key.personNo},2026,outpatient-fund-paid,490.00`,
    '99003,2026,outpatient-fund-paid,10.00',
  );
  expect(await yikatong('person', 'openings', openings)).toMatchObject({ code: 0, errors: '' });
  // Another total of the same year comes in a file of its own; one that is on record stays as it is.
  const later = file(
    'later.csv',
    'person_no,year,name,amount',
    `${issued.card.key.personNo},2026,outpatient-fund-paid,999.00`,
    `${issued.card.key.personNo},2026,outpatient-deductible,300.00`,
  );
  const more = await yikatong('person', 'openings', later);
  expect(more.out).toMatch(/added: 1 .*on record already: 1/);
  expect((await yikatong('person', 'openings', later)).out).toContain('on record already: 2');
  file(
    'openings.csv',
    'person_no,year,name,amount',
    `${issued.card.key.personNo},2026,outpatient-fund-paid,490.00`,
    `${issued.card.key.personNo},2026,outpatient-deductible,300.00`,
    '99003,2026,outpatient-fund-paid,10.00',
  );
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  const { rows } = await client.query('select amounts from accumulator where person_no = $1', [
    issued.card.key.personNo,
  ]);
  await client.end();
  const counted = { 'outpatient-fund-paid': '49000', 'outpatient-deductible': '30000' };
  expect(rows).toEqual([{ amounts: counted }]);
  const compared = await yikatong('person', 'compare', good, '--openings', openings, '--json');
  expect(compared.code).toBe(0);
  expect(JSON.parse(compared.out)).toEqual(
    expect.arrayContaining([
      { sum: '441900 310 account', file: '812.30', record: '812.30', difference: '0.00' },
      { sum: '441900 310 persons', file: '2', record: '2', difference: '0' },
      expect.objectContaining({ record: '500.00', difference: '0.00' }),
    ]),
  );
  const other = persons(person());
  const missing = await yikatong('person', 'compare', other, '--openings', openings, '--json');
  expect([missing.code, missing.out]).toEqual([
    1,
    expect.stringContaining('"difference": "12.30"'),
  ]);
  // What a list shows to whoever looks over a shoulder.
  expect((await yikatong('person', 'list')).out).not.toContain('测试戊');
});

/** The PIN is typed, so this one runs as a program. */
async function setPin(...typed: readonly string[]): Promise<number | null> {
  const program = join(import.meta.dirname, '../../engine/cli/bin.mjs');
  const child = spawn(process.execPath, [program, 'card', 'pin', issued.card.cardId], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.stdin.end(`${typed.join('\n')}\n`);
  const [code] = (await once(child, 'close')) as [number | null];
  return code;
}

test('the first settlement is paid from the opening balance, and a suspension ends it', async () => {
  const { cardId, cardNumber, cardClass, specVersion } = issued.card;
  const card = file(
    'cards.csv',
    'card_id,person_no,card_number,card_class,spec_version,expires_on',
    `${cardId},${issued.card.key.personNo},${cardNumber},${cardClass},${specVersion},2036-01-01`,
  );
  expect((await yikatong('card', 'import', card)).out).toContain('added: 1');
  expect(await setPin('1234', '1234')).toBe(1);
  expect(await setPin(PIN, PIN)).toBe(0);

  engine = await startEngine(readConfig(environment));
  expect(await sell()).toMatchObject({
    kind: 'approved',
    document: {
      institution: pharmacy,
      amounts: { accountPay: '132.00' },
      accountBalance: '668.00',
    },
  });
  const { code } = await yikatong('card', 'suspend', cardId);
  expect(code).toBe(0);
  expect(await sell()).toMatchObject({ kind: 'declined', refusal: { code: 'CARD_SUSPENDED' } });
  // A new PIN is not the end of a suspension.
  expect(await setPin(PIN, PIN)).toBe(1);
  expect(await sell()).toMatchObject({ kind: 'declined', refusal: { code: 'CARD_SUSPENDED' } });
  expect((await yikatong('card', 'resume', cardId)).code).toBe(0);
  expect((await yikatong('person', 'suspend', issued.card.key.personNo)).code).toBe(0);
  // What is known of a person is corrected meanwhile: that ends no suspension, and moves no balance.
  const known = ['--region', '441900', '--scheme', '310', '--person-type', '1101'];
  const corrected = [
    '--name',
    '测试戊戊',
    '--birth-date',
    '1988-05-20',
    '--account-status',
    'active',
  ];
  const replace = ['person', 'replace', '--person-no', issued.card.key.personNo, ...known];
  expect((await yikatong(...replace, ...corrected)).code).toBe(0);
  expect(await sell()).toMatchObject({ kind: 'declined', refusal: { code: 'PERSON_NOT_INSURED' } });
  expect((await yikatong('person', 'resume', issued.card.key.personNo)).code).toBe(0);
  expect(await sell()).toMatchObject({ kind: 'approved' });
  expect((await yikatong('ledger', 'check')).code).toBe(0);
}, 120_000);

test('a card that came suspended still needs a PIN when it is resumed, and replaces none before it is there', async () => {
  const [id, other] = ['441900D1560000050000000000009901', '441900D1560000050000000000009902'];
  const order = ['--card-id', id, '--person-no', issued.card.key.personNo, '--card-number', 'K99'];
  const kind = ['--card-class', '3', '--spec-version', '3.00', '--status', 'suspended'];
  expect((await yikatong('card', 'add', ...order, ...kind)).code).toBe(0);
  expect((await yikatong('card', 'resume', id)).code).toBe(0);
  const cards = JSON.parse((await yikatong('card', 'list', '--json')).out);
  expect(cards).toContainEqual(expect.objectContaining({ status: 'not-activated' }));
  expect((await yikatong('card', 'replace', id, '--by', other)).errors).toContain('The new card');
});

test('a suspended institution’s terminals are refused, and another device takes new keys', async () => {
  expect((await yikatong('institution', 'suspend', pharmacy)).code).toBe(0);
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await engine?.stop();
  engine = await startEngine(readConfig(environment));
  expect(await signIn()).toMatchObject({ refusal: { code: 'TERMINAL_NOT_ALLOWED' } });
  expect((await yikatong('institution', 'resume', pharmacy)).code).toBe(0);
  const keys = join(folder, 'new-keys');
  expect((await yikatong('terminal', 'replace', 'DG-0001', '--keys-out', keys)).code).toBe(0);
  await engine.stop();
  engine = await startEngine(readConfig(environment));
  expect(await signIn()).toMatchObject({ refusal: { code: 'TERMINAL_SIGNATURE_INVALID' } });
  expect(await signIn(keys)).toMatchObject({ kind: 'approved' });
  await client.end();
});

function counter(keys = join(folder, 'terminal-keys')) {
  const secrets = JSON.parse(readFileSync(join(keys, 'DG-0001.json'), 'utf8'));
  const { terminalId, privateKey, masterKey, answerKey } = secrets;
  const chip = createVirtualCard(issued.personalisation, {
    random: (bytes) => systemClock.randomBytes(bytes),
    state: NEW_CARD_STATE,
  });
  return openCounter({
    baseUrls: [engine?.url ?? ''],
    terminal: { terminalId, privateKey, masterKey },
    trustedAnswerKey: answerKey,
    reader: createSimulatedReader({ card: chip }),
    pinPad: createSoftwarePinPad({
      masterKey: Buffer.from(masterKey, 'hex'),
      bankMasterKey: new Uint8Array(16),
      askPin: async () => PIN,
      clock: systemClock,
    }),
    journalFile: join(folder, 'journal.db'),
  });
}

async function signIn(keys?: string) {
  const opened = counter(keys);
  const signedIn = await opened.signIn();
  await opened.close();
  return signedIn;
}

async function sell() {
  const opened = counter();
  try {
    const signedIn = await opened.signIn();
    if (signedIn.kind !== 'approved') return signedIn;
    const bill = sandboxBills.find(({ id }) => id === 'pharmacy');
    if (bill === undefined) throw new Error('no bill');
    return await opened.settle({
      bill: toWireBill(bill, signedIn.document.businessDate),
      useAccount: true,
      tender: 'cash',
    });
  } finally {
    await opened.close();
  }
}
