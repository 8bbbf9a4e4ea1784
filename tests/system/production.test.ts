/**
 * Goal: the page on production holds, command by command, from nothing: two tokens, keys, database,
 * registers, an engine with the least rights, one sale with personal account and bank debit, its refund,
 * and a restart.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { toHex, xorBytes } from '../../engine/base/crypto/bytes.ts';
import type { TerminalId } from '../../engine/base/ids/ids.ts';
import { fen } from '../../engine/base/money/fen.ts';
import { startEmbeddedDatabase } from '../../engine/ops/postgres/embedded-database.ts';
import { freePort } from '../../engine/ops/postgres/free-port.ts';
import { sandboxBills, toWireBill } from '../../engine/sandbox/data/bills.ts';
import { issueCard } from '../../engine/sandbox/issuer/issue-card.ts';
import { loadTerminalKeys, prepareSandboxKeys } from '../../engine/sandbox/keys/sandbox-keys.ts';
import { loadIssuingKeys } from '../../engine/sandbox/seed/seed-sandbox.ts';
import { createSoftwarePinPad } from '../../terminal-adapter/agent/pin-pad.ts';
import { openCounter, systemClock } from '../../terminal-adapter/counter/open-counter.ts';
import { createSimulatedReader } from '../../terminal-adapter/readers/simulated-reader.ts';
import {
  createVirtualCard,
  NEW_CARD_STATE,
} from '../../terminal-adapter/virtual-card/virtual-card.ts';
import { SOFTHSM_LIBRARY } from '../support/keystore/softhsm.ts';
import { pageBlocks } from '../support/production/page-blocks.ts';

const projectRoot = join(import.meta.dirname, '../..');
const pages = ['production.md', 'production.zh-CN.md'].map((name) =>
  join(projectRoot, 'engine/docs/operating', name),
);
const [MEDICAL_PIN, BANK_PIN] = ['528719', '147369'];
const base = mkdtempSync(join(tmpdir(), 'yikatong-production-'));
chmodSync(base, 0o755);
const place = join(base, 'place');
/** Where card issuers and the bank have their keys: the engine never opens it. */
const others = join(base, 'others');
const terminal = { id: 'DG-0001' as TerminalId, bankTerminalId: '44190001' };
const pharmacy = 'P44190000123';
const stops: (() => Promise<void>)[] = [];

prepareSandboxKeys(others);
const issuing = loadIssuingKeys(others);
const issued = issueCard(
  {
    ...{ serial: 70_002, region: '441900', specVersion: '3.00', issuedOn: '2021-01-01' },
    holder: { name: '测试己', latinName: 'CESHI/JI', sex: '2', birthDate: '1990-05-20' },
    ...{ expiresOn: '2036-01-01', standing: 'active', oralLossUntil: undefined },
    ...{ medicalPin: MEDICAL_PIN, bankPin: BANK_PIN, bankBalance: fen(100_000n) },
  },
  issuing,
);
const components: Readonly<Record<string, Uint8Array>> = {
  cardMasterSm4: issuing.engine.cardMasterKeys.sm4,
  cardMaster3des: issuing.engine.cardMasterKeys['3des'],
  linkKey: issuing.bank.linkKey,
};

/** The shell's variables from one block to the next. */
let variables: Record<string, string> = {};
let enginePort = 0;
let engine: ChildProcess | undefined;

beforeAll(async () => {
  const [owner, bank] = [await startDatabase(), await startBank()];
  enginePort = await freePort(0);
  mkdirSync(join(base, 'bin'));
  const program = join(base, 'bin/yikatong');
  writeFileSync(
    program,
    `#!/bin/sh\nexec ${process.execPath} ${projectRoot}/engine/cli/bin.mjs "$@"\n`,
  );
  chmodSync(program, 0o755);
  variables = {
    ...{ PATH: `${join(base, 'bin')}:${process.env['PATH'] ?? ''}`, HOME: base },
    ...{ PLACE: place, LIBRARY: SOFTHSM_LIBRARY, OWNER_URL: owner },
    ...{ BANK_HOST: '127.0.0.1', BANK_PORT: String(bank) },
    // Of this test alone: a port that nobody has.
    YIKATONG_PORT: String(enginePort),
  };
}, 120_000);
afterAll(async () => {
  await stopEngine();
  for (const stop of stops.toReversed()) await stop();
  rmSync(base, { recursive: true, force: true });
}, 60_000);

/** An external server, whose owner may make roles. @returns the owner's address */
async function startDatabase(): Promise<string> {
  const embedded = await startEmbeddedDatabase({
    dataDir: join(base, 'server'),
    reachableFolder: join(base, 'reachable'),
    log: () => undefined,
  });
  stops.push(embedded.stop);
  const admin = new pg.Client({ connectionString: embedded.url });
  await admin.connect();
  await admin.query("create role yikatong_owner login createrole password 'owner-secret'");
  await admin.query(
    "create database place owner yikatong_owner encoding 'UTF8' locale 'C' template template0",
  );
  await admin.end();
  return addressOf(embedded.url, 'yikatong_owner', 'owner-secret');
}

function addressOf(server: string, login: string, password: string): string {
  const url = new URL(server);
  [url.username, url.password, url.pathname] = [login, password, '/place'];
  return url.href;
}

async function startBank(): Promise<number> {
  const { pan, panSequence, expiry, pin, balance } = issued.bankCard;
  const order = join(base, 'bank.json');
  const card = { pan, panSequence, expiry, pin, balance: String(balance) };
  const store = join(base, 'bank.sqlite');
  const given = { keyFolder: others, store, bankTerminalId: terminal.bankTerminalId, card };
  writeFileSync(order, JSON.stringify(given));
  const program = join(projectRoot, 'tests/support/production/bank-process.ts');
  const child = spawn(process.execPath, [program, order], { stdio: ['ignore', 'pipe', 'inherit'] });
  stops.push(async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
  const [told] = (await once(child.stdout, 'data')) as [Buffer];
  return Number(/port (\d+)/.exec(told.toString())?.[1]);
}

/** Runs a block of the page as a user types it; its variables stay for the next. */
function run(commands: string): string {
  const marker = '---variables---';
  const script = `set -eu\n${commands}\nulimit -c > /dev/null\necho ${marker}\nenv -0`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script], {
    env: variables,
    encoding: 'utf8',
  });
  expect({ commands, stderr, stdout: status === 0 ? '' : stdout, status }).toMatchObject({
    status: 0,
  });
  const [out = '', left = ''] = stdout.split(`${marker}\n`);
  const pairs = left.split('\0').filter((pair) => pair.includes('='));
  variables = Object.fromEntries(
    pairs.map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
  return out;
}

async function startEngine(command: string): Promise<void> {
  engine = spawn('bash', ['-c', `ulimit -c 0; exec ${command}`], {
    env: variables,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  let told = '';
  const listen = (chunk: Buffer): void => {
    told += chunk.toString();
    if (/ready: http:/.test(told)) resolve(undefined);
  };
  engine.stdout?.on('data', listen);
  engine.stderr?.on('data', listen);
  engine.once('exit', (code) => reject(new Error(`the engine ended with ${code}: ${told}`)));
  await promise;
}

async function stopEngine(): Promise<void> {
  if (engine === undefined || engine.exitCode !== null) return;
  engine.kill('SIGTERM');
  await once(engine, 'exit');
  engine = undefined;
}

const [page = '', chinese = ''] = pages.map((path) => readFileSync(path, 'utf8'));
const blocks = pageBlocks(page);
const steps = blocks.filter(({ tag }) => tag === '').map(({ text }) => text);
const serve = blocks.find(({ tag }) => tag === 'serve')?.text ?? '';

test('the page in Chinese has the same commands', () => {
  expect(pageBlocks(chinese)).toEqual(blocks);
  expect(steps).toHaveLength(6);
});

test('two tokens are made, whose officers’ PINs are put away', () => {
  run(steps[0] ?? '');
  run(steps[1] ?? '');
});

test('keys are made and installed, and their check values are those of their owners', () => {
  for (const [name, key] of Object.entries(components)) {
    const one = randomBytes(key.length);
    const parts = [one, xorBytes(one, key)];
    for (const [at, part] of parts.entries()) {
      const path = join(place, 'credentials', `${name}-component-${at + 1}`);
      writeFileSync(path, `${toHex(part)}\n`, { mode: 0o600 });
    }
  }
  const out = run(steps[2] ?? '');
  for (const name of ['answer', 'pinVerifier', 'cardMasterSm4', 'cardMaster3des', 'linkKey']) {
    expect(out).toMatch(new RegExp(`^${name} +1 `, 'm'));
  }
  for (const key of Object.values(components)) expect(out).not.toContain(toHex(key));
});

test('the engine does not start on a schema that is behind, and says why in one line', () => {
  const { OWNER_URL = '', BANK_HOST = '', BANK_PORT = '' } = variables;
  const env = {
    ...{ ...variables, DATABASE_URL: OWNER_URL, YIKATONG_MODE: 'production' },
    ...{ YIKATONG_BANK_HOST: BANK_HOST, YIKATONG_BANK_PORT: BANK_PORT },
  };
  const { status, stderr } = spawnSync('yikatong', ['serve'], {
    env,
    encoding: 'utf8',
    timeout: 60_000,
  });
  expect(status).toBe(1);
  expect(stderr).toContain('yikatong migrate');
});

test('the owner migrates, and makes the engine’s login', () => {
  const out = run(steps[3] ?? '');
  const password = /password, not shown again: (\S+)/.exec(out)?.[1] ?? '';
  expect(password).not.toBe('');
  variables['ENGINE_URL'] = addressOf(variables['OWNER_URL'] ?? '', 'engine1', password);
});

test('institution, terminal, person and card get on record from files, and the PIN is typed', () => {
  const { cardId, cardNumber, cardClass, specVersion, key } = issued.card;
  const csv = (name: string, ...lines: string[]) =>
    writeFileSync(join(place, name), `${lines.join('\n')}\n`);
  csv('institutions.csv', 'code,name,region,kind', `${pharmacy},某大药房,441900,pharmacy`);
  csv(
    'terminals.csv',
    'id,institution,care_types,bank_terminal_id,bank_merchant_id',
    `${terminal.id},${pharmacy},41,${terminal.bankTerminalId},898441900000001`,
  );
  csv(
    'persons.csv',
    'person_no,name,region,scheme,person_type,birth_date,traits,account_status,account_balance',
    `${key.personNo},测试己,441900,310,1101,1990-05-20,,active,20.00`,
  );
  csv(
    'cards.csv',
    'card_id,person_no,card_number,card_class,spec_version,expires_on',
    `${cardId},${key.personNo},${cardNumber},${cardClass},${specVersion},2036-01-01`,
  );
  run(steps[4] ?? '');
  const { status, stderr } = spawnSync('yikatong', ['card', 'pin', cardId], {
    env: variables,
    input: `${MEDICAL_PIN}\n${MEDICAL_PIN}\n`,
    encoding: 'utf8',
  });
  expect({ status, stderr }).toMatchObject({ status: 0 });
});

test('the doctor finds nothing that must be done', () => {
  const out = run(steps[5] ?? '');
  expect(out).toContain('nothing must be done');
  expect(out).toContain('✓ keys');
});

test('one sale is paid by personal account and bank, refunded, and the books agree', async () => {
  await startEngine(serve);
  const settlement = await sell();
  await stopEngine();
  await startEngine(serve);
  const back = await refund(settlement);
  expect(back.kind).toBe('approved');
  run('DATABASE_URL="$OWNER_URL" yikatong ledger check');
  const again = await sell();
  expect(again).not.toBe(settlement);
  run('DATABASE_URL="$OWNER_URL" yikatong ledger check');
});

test('the engine has not the rights of the owner', async () => {
  const client = new pg.Client({ connectionString: variables['ENGINE_URL'] ?? '' });
  await client.connect();
  await expect(client.query('delete from posting')).rejects.toMatchObject({ code: '42501' });
  await expect(client.query('create table t (i int)')).rejects.toMatchObject({ code: '42501' });
  await client.end();
});

test('no PIN and no component is in a log, a variable or an argument of what was run', () => {
  const pins = ['social-security-pin', 'financial-pin'].map((name) =>
    readFileSync(join(place, 'credentials', name), 'utf8').trim(),
  );
  const seen = [Object.values(variables).join('\n'), page].join('\n');
  for (const pin of pins) expect(seen).not.toContain(pin);
});

test('a key file is refused in production, and sealed files that nobody allowed', () => {
  for (const [keystore, line] of [
    ['file', 'does not work with a key file'],
    ['sealed', 'must be allowed'],
  ] as const) {
    const env = { ...variables, YIKATONG_KEYSTORE: keystore };
    const { status, stderr } = spawnSync('yikatong', ['serve'], {
      env,
      encoding: 'utf8',
      timeout: 60_000,
    });
    expect([status, stderr]).toEqual([1, expect.stringContaining(line)]);
  }
});

/** One card, whose counters go on from sale to sale. */
const chip = createVirtualCard(issued.personalisation, {
  random: (bytes) => systemClock.randomBytes(bytes),
  state: NEW_CARD_STATE,
});

function counter() {
  const path = join(place, 'terminal-keys', `${terminal.id}.json`);
  const { terminalId, privateKey, masterKey, answerKey } = JSON.parse(readFileSync(path, 'utf8'));
  return openCounter({
    baseUrls: [`http://127.0.0.1:${enginePort}`],
    terminal: { terminalId, privateKey, masterKey },
    trustedAnswerKey: answerKey,
    reader: createSimulatedReader({ card: chip }),
    pinPad: createSoftwarePinPad({
      masterKey: Buffer.from(masterKey, 'hex'),
      bankMasterKey: loadTerminalKeys(others, terminal).bankPinPadKey,
      askPin: async (kind) => (kind === 'medical' ? MEDICAL_PIN : BANK_PIN),
      clock: systemClock,
    }),
    journalFile: join(base, 'journal.db'),
  });
}

async function sell(): Promise<string> {
  const opened = counter();
  try {
    const signedIn = await opened.signIn();
    if (signedIn.kind !== 'approved') throw new Error(JSON.stringify(signedIn));
    expect(signedIn.document.mode).toBe('production');
    const bill = sandboxBills.find(({ id }) => id === 'pharmacy');
    if (bill === undefined) throw new Error('no bill');
    const sold = await opened.settle({
      bill: toWireBill(bill, signedIn.document.businessDate),
      useAccount: true,
      tender: 'bank-debit',
    });
    if (sold.kind !== 'approved') throw new Error(JSON.stringify(sold));
    expect(sold.document.amounts.accountPay).toBe('20.00');
    return sold.document.settlementId;
  } finally {
    await opened.close();
  }
}

async function refund(settlementId: string) {
  const opened = counter();
  try {
    await opened.signIn();
    return await opened.refund({ settlementId });
  } finally {
    await opened.close();
  }
}
