// Goal: what a vendor starts from works as its documents say: the program, the example, the counter.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fromHex } from '../../engine/base/crypto/bytes.ts';
import { runCli } from '../../engine/cli/program.ts';
import { SANDBOX_BANK_PIN, SANDBOX_MEDICAL_PIN } from '../../engine/sandbox/seed/sandbox-people.ts';
import { createSoftwarePinPad } from '../../terminal-adapter/agent/pin-pad.ts';
import { readCounterFile } from '../../terminal-adapter/counter/counter-file.ts';
import { openCounter, systemClock } from '../../terminal-adapter/counter/open-counter.ts';
import { createSimulatedReader } from '../../terminal-adapter/readers/simulated-reader.ts';
import { bookProblems, stateOf } from '../support/running-system/books.ts';
import { plainBill } from '../support/running-system/counter.ts';
import type { RunningSystem } from '../support/running-system/running-system.ts';
import { startSystem } from '../support/running-system/running-system.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const kit = join(import.meta.dirname, '../../terminal-adapter');
const buyer = 'dongguan-pharmacy-buyer';
const PINS = { COUNTER_MEDICAL_PIN: SANDBOX_MEDICAL_PIN, COUNTER_BANK_PIN: SANDBOX_BANK_PIN };

let system: RunningSystem;
let file: string;
beforeAll(async () => {
  system = await startSystem();
  file = join(system.dataDir, 'counter.json');
  const order = ['--at', 'dongguanPharmacy', '--person', buyer, '--out', file];
  const code = await runCli(['counter', ...order, '--url', system.url()], {
    env: { YIKATONG_DATA: system.dataDir },
    print: () => undefined,
    printError: (line) => expect.unreachable(line),
    loadMain: () => Promise.reject(new Error('no engine is started here')),
  });
  expect(code).toBe(0);
});
afterAll(async () => {
  expect(await bookProblems(system)).toEqual([]);
  await system.close();
});

/** Runs a program of Node in a folder; what it wrote, and how it ended. */
async function node(folder: string, args: readonly string[], input = '') {
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { PATH: process.env['PATH'], COUNTER_FILE: file, ...(input === '' ? PINS : {}) },
    stdio: 'pipe',
  });
  const written = { out: '', errors: '' };
  child.stdout.on('data', (chunk: Buffer) => (written.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (written.errors += chunk.toString()));
  child.stdin.end(input);
  const [code] = await once(child, 'close');
  return { code, ...written };
}

const counter = (...args: string[]) => node(system.dataDir, [join(kit, 'main.ts'), ...args]);

async function enquire(requestKey: string): Promise<[code: number, told: string]> {
  const told: string[] = [];
  const at = ['--at', 'dongguanPharmacy', '--url', system.url()];
  const code = await runCli(['enquire', requestKey, ...at], {
    env: { YIKATONG_DATA: system.dataDir },
    print: (line) => told.push(line),
    printError: (line) => told.push(line),
    loadMain: () => Promise.reject(new Error('no engine is started here')),
  });
  return [code, told.join('\n')];
}

function billFile(): string {
  const path = join(temporaryFolder(), 'bill.json');
  const { serviceDate: _today, ...bill } = plainBill('6.50', '');
  const [line] = bill.lines;
  const lines = [line, { ...line, lineNo: '2' }];
  writeFileSync(path, JSON.stringify({ ...bill, totalAmount: '13.00', lines }));
  return path;
}

describe('the program', () => {
  test('settles by bank debit, refunds a line, then the rest, and leaves nothing open', async () => {
    const customer = system.sandboxPerson(buyer);
    const before = await stateOf(system, customer);
    const settling = ['settle', '--bill', billFile(), '--pay', 'bank', '--no-account', '--yes'];
    const settled = await counter(...settling);
    expect([settled.errors, settled.code]).toEqual([expect.stringContaining('done: '), 0]);
    const { document, isCardFinished } = JSON.parse(settled.out);
    expect([document.amounts.bankPay, isCardFinished]).toEqual(['13.00', true]);
    const codes = [...settled.errors.matchAll(/^([a-z-]+): /gm)].map(([, code]) => code);
    expect(codes.slice(-4)).toEqual(['enter-bank-pin', 'asking-bank', 'remove-card', 'done']);

    expect(await enquire(document.requestKey)).toEqual([
      0,
      expect.stringContaining(document.settlementId),
    ]);
    // One enquiry that finds nothing proves nothing.
    const unknown = await enquire('sale-that-never-was-0001');
    expect(unknown).toEqual([2, expect.stringContaining('it may be under way')]);
    const line = await counter('refund', document.settlementId, '--line', '2');
    expect(JSON.parse(line.out)).toMatchObject({ document: { amounts: { bankPay: '6.50' } } });
    const rest = await counter('refund', document.settlementId);
    expect([rest.code, JSON.parse(rest.out).document.state]).toEqual([0, 'refunded']);
    expect(await stateOf(system, customer)).toEqual(before);

    const enquired = await counter('enquire');
    expect([enquired.code, JSON.parse(enquired.out).enquired]).toEqual([0, []]);
  });

  test('reads a card and signs in', async () => {
    const card = await counter('read-card');
    expect(JSON.parse(card.out)).toMatchObject({ kind: 'approved', card: { specVersion: '3.00' } });
    expect((await counter('sign-in')).code).toBe(0);
  });

  test('asks whoever sits there, and a holder who does not agree pays nothing', async () => {
    const args = [join(kit, 'main.ts'), 'settle', '--bill', billFile()];
    const agreed = await node(system.dataDir, args, `y\n${SANDBOX_MEDICAL_PIN}\n`);
    expect([agreed.code, agreed.errors]).toEqual([0, expect.stringContaining('PIN: ')]);
    const refused = await node(system.dataDir, args, 'n\n');
    expect([refused.code, JSON.parse(refused.out)]).toMatchObject([
      1,
      { kind: 'stopped', by: 'holder', cashier: { zh: '未收款' } },
    ]);
  });

  test('a refusal is told with its words and ends with 1', async () => {
    const { code, out } = await counter('refund', '0701JDFQ8000A1B2C3D4E5F6G7H8');
    expect([code, JSON.parse(out)]).toMatchObject([
      1,
      { kind: 'declined', refusal: { code: 'SETTLEMENT_NOT_FOUND', cashier: {} } },
    ]);
  });

  test('says what is wrong with its command line or its file, in both languages', async () => {
    const nothing = await counter();
    expect([nothing.code, nothing.errors]).toEqual([1, expect.stringContaining('用法：')]);
    expect((await counter('settle', '--bil', 'x')).errors).toContain('Usage: ');
    const path = join(temporaryFolder(), 'counter.json');
    const whole = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(path, JSON.stringify({ ...whole, bankMasterKey: 'none' }));
    const { code, errors } = await counter('sign-in', '--config', path);
    expect([code, errors]).toEqual([
      1,
      expect.stringMatching(/bankMasterKey 缺失.*\n.*is missing/),
    ]);
  });
});

test('the example of the README settles and refunds', async () => {
  const readme = readFileSync(join(kit, 'README.md'), 'utf8');
  const [, example = ''] = /```ts\n(.*?)```/s.exec(readme) ?? [];
  const path = join(system.dataDir, 'example.ts');
  writeFileSync(path, example.replaceAll("'./", `'${pathToFileURL(kit).href}/`));
  const { code, out, errors } = await node(system.dataDir, [path]);
  expect([code, errors, out.trim().split('\n').at(-1)]).toEqual([0, '', 'refund: approved']);
});

describe('a counter', () => {
  const patience = { enquiriesMax: 2, waitMs: 1, waitMaxMs: 1 };

  /** A counter whose refunds reach the engine while their first `lost` answers do not come back. */
  function counterThatLoses(lost: number) {
    const { baseUrls, terminal, bankMasterKey } = readCounterFile(file);
    const customer = system.sandboxPerson(buyer);
    let left = lost;
    const counter = openCounter({
      ...{ baseUrls, terminal, patience },
      journalFile: join(temporaryFolder(), 'journal.db'),
      reader: createSimulatedReader({ card: customer.card }),
      pinPad: createSoftwarePinPad({
        masterKey: fromHex(terminal.masterKey),
        bankMasterKey: fromHex(bankMasterKey),
        askPin: async () => SANDBOX_MEDICAL_PIN,
        clock: systemClock,
      }),
      fetch: async (input, init) => {
        const response = await fetch(input, init);
        if (!String(input).endsWith('/refunds') || left === 0) return response;
        left -= 1;
        throw new TypeError('fetch failed');
      },
    });
    return { counter, customer };
  }

  async function settledAt({ counter }: ReturnType<typeof counterThatLoses>): Promise<string> {
    const signedIn = await counter.signIn();
    if (signedIn.kind !== 'approved') throw new Error(signedIn.kind);
    const bill = plainBill('7.00', signedIn.document.businessDate);
    const settled = await counter.settle({ bill, useAccount: false, tender: 'cash' });
    if (settled.kind !== 'approved') throw new Error(settled.kind);
    return settled.document.settlementId;
  }

  test('finds the refund whose answer was lost, and gives back once', async () => {
    const opened = counterThatLoses(1);
    const settlementId = await settledAt(opened);
    const codes: string[] = [];
    const onProgress = ({ code }: { readonly code: string }) => codes.push(code);
    const refunded = await opened.counter.refund({ settlementId, onProgress });
    expect(refunded).toMatchObject({ kind: 'approved', document: { refundNo: 1 } });
    expect(codes).toEqual(['asking-engine', 'enquiring', 'done']);
    const found = await opened.counter.readSettlement(settlementId);
    expect(found).toMatchObject({ kind: 'approved', document: { state: 'refunded' } });
    await opened.counter.close();
  });

  test('leaves it open while no answer comes; a later enquiry finishes it', async () => {
    const opened = counterThatLoses(Number.POSITIVE_INFINITY);
    const { counter } = opened;
    const settlementId = await settledAt(opened);
    const refunded = await counter.refund({ settlementId });
    expect(refunded).toMatchObject({ kind: 'unknown', code: 'REFUND_OUTCOME_UNKNOWN' });
    expect(await counter.enquire()).toMatchObject([
      {
        entry: { kind: 'refund', state: 'sent' },
        enquiry: { kind: 'approved', document: { settlementId, amounts: { total: '7.00' } } },
        outcome: 'approved',
      },
    ]);
    expect(await counter.enquire()).toEqual([]);
    await counter.close();
  });

  test('before the sign-in the engine is not asked, and the words say what to do', async () => {
    const { counter } = counterThatLoses(0);
    const bill = plainBill('7.00', '2026-11-22');
    expect(await counter.settle({ bill, useAccount: false, tender: 'cash' })).toMatchObject({
      kind: 'declined',
      refusal: { code: 'TERMINAL_NOT_SIGNED_IN', cashier: { zh: '请先签到' } },
    });
    await counter.close();
  });
});
