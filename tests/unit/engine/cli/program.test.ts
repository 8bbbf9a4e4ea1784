/**
 * The command line: what a technician sees, in both languages, and the exit codes that scripts
 * read.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fail, ok } from '../../../../engine/base/errors/result.ts';
import type { EngineModule } from '../../../../engine/cli/cli-context.ts';
import { runCli } from '../../../../engine/cli/program.ts';
import type { Config } from '../../../../engine/ops/config.ts';
import { StartupError } from '../../../../engine/ops/startup-error.ts';
import { prepareSandboxKeys } from '../../../../engine/sandbox/keys/sandbox-keys.ts';
import { readCounterFile } from '../../../../terminal-adapter/counter/counter-file.ts';

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'yikatong-cli-'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

async function notAsked(): Promise<never> {
  throw new Error('this command was not given');
}

/** A composition root that records what it was asked for. */
function fakeMain(calls: unknown[], failure?: Error): EngineModule {
  const note = (what: string, config: Config) => {
    calls.push([what, config.mode]);
    if (failure !== undefined) throw failure;
  };
  return {
    startEngine: async (config) => {
      note('start', config);
      const stop = async () => note('stop', config);
      return { url: 'http://127.0.0.1:8080', databaseUrl: '', sandbox: undefined, stop };
    },
    listPartitions: async () => [],
    detachPartition: async (_, month) =>
      month === '2024_03' ? ok(undefined) : fail('waits-for-bank'),
    runPartitionUpkeep: async (_, tell) => {
      tell('partition-detached', { month: '2024_02' });
      return { detached: ['2024_02'], kept: [{ month: '2024_03', reason: 'no-right' }] };
    },
    migrateDatabase: async (config) => {
      note('migrate', config);
      return { applied: ['0001-ledger'] };
    },
    seedDatabase: async (config) => note('seed', config),
    confirmInvalidLists: async (config) => note('lists', config),
    noteRestore: async (config) => {
      note('restored', config);
      return { batch: 60_421, cardsLocked: 2, openLegs: 0, lastSettlementAt: undefined };
    },
    activatePolicy: async () => ({ verdicts: [], changeNo: undefined }),
    administerOperators: notAsked,
    listTrail: notAsked,
    withdrawPolicy: notAsked,
    withPersonalData: notAsked,
    approvePolicy: notAsked,
    readPolicyList: notAsked,
    withInsurance: notAsked,
    withIntake: notAsked,
    withCredits: notAsked,
    importedCatalogue: async () => undefined,
    installCatalogue: async () => undefined,
    replayHistory: async () => {
      throw new Error('no history');
    },
    tryPacks: async () => {
      throw new Error('no history');
    },
    grantRoles: async () => [],
    examine: async () => [],
    checkBooks: async () => [],
    changeLogins: async () => {
      throw new Error('no logins');
    },
    listClaims: async () => [],
    settleClaim: async () => {
      throw new Error('no claim');
    },
    openListFile: () => {
      throw new Error('this command was not given');
    },
    withInvalidLists: notAsked,
    withRegisters: async () => {
      throw new Error('no registers');
    },
    makeTerminalKeys: () => {
      throw new Error('no keys');
    },
    verifierOfPin: async () => '',
    openCabinet: async () => {
      throw new Error('no cabinet');
    },
    initSealedKeystore: () => ['', ''],
    installComponents: async () => {
      throw new Error('no cabinet');
    },
    makeToken: async () => undefined,
    listReversals: async () => [],
    proposeResolution: async () => {
      throw new Error('no reversal');
    },
    approveResolution: async () => {
      throw new Error('no reversal');
    },
  };
}

async function run(
  args: readonly string[],
  setup: { main?: EngineModule; environment?: object } = {},
) {
  const [out, errors]: [string[], string[]] = [[], []];
  const code = await runCli(args, {
    env: { YIKATONG_DATA: dataDir, ...setup.environment },
    print: (line) => out.push(line),
    printError: (line) => errors.push(line),
    loadMain: async () => setup.main ?? fakeMain([]),
  });
  return { code, out: out.join('\n'), errors: errors.join('\n') };
}

test('help names every command in both languages, without loading the engine', async () => {
  const { code, out } = await run(['--help']);
  expect(code).toBe(0);
  for (const name of ['serve', 'migrate', 'seed', 'sell', 'settlement', 'refund', 'counter']) {
    expect(out).toContain(name);
  }
  expect(out).toContain('启动结算引擎');
});

test('--version tells the release', async () => {
  const { code, out } = await run(['--version']);
  expect(code).toBe(0);
  expect(out).toMatch(/^\d+\.\d+\.\d+$/);
});

test('an unknown command ends with 1 and says where the help is', async () => {
  const { code, errors } = await run(['setle']);
  expect(code).toBe(1);
  expect(errors).toContain('命令不正确');
  expect(errors).toContain("unknown command 'setle'");
});

describe('serve', () => {
  test('--once starts, says where, stops, and leaves no signal handler behind', async () => {
    const calls: unknown[] = [];
    const before = process.listenerCount('SIGTERM');
    const { code, out } = await run(['serve', '--once'], { main: fakeMain(calls) });
    expect(code).toBe(0);
    expect(calls).toEqual([
      ['start', 'sandbox'],
      ['stop', 'sandbox'],
    ]);
    expect(out).toContain('引擎已就绪 / the engine is ready: http://127.0.0.1:8080');
    expect(process.listenerCount('SIGTERM')).toBe(before);
  });

  test('a start that fails is one line in each language, no stack, exit code 1', async () => {
    const failure = new StartupError({
      code: 'PORT_TAKEN',
      zh: '端口已被占用',
      en: 'The port is taken',
    });
    const before = process.listenerCount('SIGTERM');
    const { code, errors } = await run(['serve'], { main: fakeMain([], failure) });
    expect(code).toBe(1);
    expect(errors).toBe('端口已被占用\nThe port is taken');
    expect(process.listenerCount('SIGTERM')).toBe(before);
  });

  test('the demonstration is for the sandbox only', async () => {
    const calls: unknown[] = [];
    const environment = {
      YIKATONG_MODE: 'production',
      YIKATONG_BANK_HOST: 'bank.example',
      YIKATONG_BANK_PORT: '5001',
      YIKATONG_KEYSTORE: 'pkcs11',
      YIKATONG_PKCS11_MODULE: '/opt/hsm/libp11.so',
      DATABASE_URL: 'postgres://u@db.example/yikatong',
    };
    const { code, errors } = await run(['serve', '--demo'], { main: fakeMain(calls), environment });
    expect(code).toBe(1);
    expect(errors).toContain('该命令只能在沙盒模式下使用');
    expect(calls).toEqual([]);
  });
});

test('migrate tells what it applied', async () => {
  const { code, out } = await run(['migrate']);
  expect(code).toBe(0);
  expect(out).toBe('已执行 / applied: 0001-ledger');
});

describe('months', () => {
  test('a month that waits for the bank stays, and the line says what to look at', async () => {
    expect(await run(['months', 'detach', '2024_03'])).toMatchObject({
      code: 0,
      out: '已移出 / taken out: posting_2024_03, request_2024_03',
    });
    const { code, errors } = await run(['months', 'detach', '2024_04']);
    expect(code).toBe(1);
    expect(errors).toContain('有结算或退费等待银行应答');
    expect(errors).toContain('2024_04: a settlement or refund of it waits for the bank');
  });

  test('run tells what it did, and ends with 1 if a month should have gone and stays', async () => {
    const { code, out, errors } = await run(['months', 'run']);
    expect(code).toBe(1);
    expect(out).toContain('partition-detached {"month":"2024_02"}');
    expect(errors).toContain('2024_03: this database login does not own the tables');
  });
});

test('seed lists the people and their situations', async () => {
  const calls: unknown[] = [];
  const { code, out } = await run(['seed'], { main: fakeMain(calls) });
  expect(code).toBe(0);
  expect(calls).toEqual([['seed', 'sandbox']]);
  expect(out).toMatch(/card-expired +测试己 {2}卡已过有效期 \/ The card has expired/);
});

describe('sell', () => {
  test('names the people when there is none of that id', async () => {
    const { code, errors } = await run(['sell', '--person', 'nobody']);
    expect(code).toBe(1);
    expect(errors).toContain('没有测试人员 nobody；可用：beijing-over-deductible');
    expect(errors).toContain('There is no person nobody');
  });

  test('says so when no engine answers', async () => {
    const url = await unusedAddress();
    const { code, errors } = await run(['sell', '--person', 'beijing-fresh', '--url', url]);
    expect(code).toBe(1);
    expect(errors).toContain(`引擎没有应答：${url}`);
    expect(errors).toContain('run npm start first');
  });

  test('asks at the port of the settings, which the engine takes too', async () => {
    const { port } = new URL(await unusedAddress());
    const environment = { YIKATONG_PORT: port };
    const { errors } = await run(['sell', '--person', 'beijing-fresh'], { environment });
    expect(errors).toContain(`No engine answers at http://127.0.0.1:${port};`);
  });

  test('takes cash or bank only', async () => {
    const { code, errors } = await run(['sell', '--person', 'beijing-fresh', '--pay', 'credit']);
    expect(code).toBe(1);
    expect(errors).toContain('--pay is cash or bank');
  });
});

test('the file of a counter is for its owner alone, and the terminal kit can read it', async () => {
  const out = join(dataDir, 'counter.json');
  const order = ['counter', '--at', 'dongguanPharmacy', '--person', 'beijing-fresh', '--out', out];
  expect((await run(order)).code).toBe(0);
  expect(statSync(out).mode & 0o777).toBe(0o600);
  expect(readCounterFile(out)).toMatchObject({
    baseUrls: ['http://127.0.0.1:8080'],
    terminal: { terminalId: 'DG-PHARMACY-01' },
    reader: { kind: 'virtual-card', stateFile: join(dataDir, 'cards', 'beijing-fresh.json') },
  });
});

test('a settlement is looked up at a place that exists', async () => {
  const { code, errors } = await run(['settlement', '00ABC', '--at', 'nowhere']);
  expect(code).toBe(1);
  expect(errors).toContain('known are beijingHospital');
});

/** An address on which nothing listens any more. */
async function unusedAddress(): Promise<string> {
  const server = createServer();
  const { promise, resolve } = Promise.withResolvers<undefined>();
  server.listen(0, '127.0.0.1', () => resolve(undefined));
  await promise;
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const closed = Promise.withResolvers<undefined>();
  server.close(() => closed.resolve(undefined));
  await closed.promise;
  return `http://127.0.0.1:${port}`;
}

test('an engine whose database is away is told as such, not as one that is not there', async () => {
  const server = createServer((_, response) => {
    response.writeHead(503, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ ready: false, mode: 'sandbox', detail: 'degraded', checks: [] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  prepareSandboxKeys(join(dataDir, 'keys'));
  const sale = ['sell', '--person', 'beijing-fresh', '--url', `http://127.0.0.1:${port}`];
  const { code, errors } = await run(sale);
  server.close();
  expect(code).toBe(1);
  expect(errors).toContain('数据库不可用');
  expect(errors).toContain('its database is away: nothing was charged');
});

describe('restored', () => {
  test('tells what was done and what to do next', async () => {
    const calls: unknown[] = [];
    const { code, out } = await run(['restored'], { main: fakeMain(calls) });
    expect([code, calls]).toEqual([0, [['restored', 'sandbox']]]);
    expect(out).toMatch(/^60421 .*\n2 .*\n0 .*\n- /);
    expect(out).toContain('yikatong restored --lists-are-current');
  });

  test('--lists-are-current confirms the lists and nothing else', async () => {
    const calls: unknown[] = [];
    const { out } = await run(['restored', '--lists-are-current'], { main: fakeMain(calls) });
    expect(calls).toEqual([['lists', 'sandbox']]);
    expect(out).toContain('无效卡名单已确认为最新');
  });
});
