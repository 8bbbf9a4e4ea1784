/**
 * Goal: the reader works with a real PC/SC service. The add-on is built as users build it, and the virtual
 * card lies in a reader of vpcd, whose service nobody else sees.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { testCardId } from '../unit/terminal-adapter/virtual-card/test-card.ts';

const projectRoot = join(import.meta.dirname, '../..');
const support = join(projectRoot, 'tests/support/pcsc');
const packages = ['pcsclite', 'nan', 'bindings', 'file-uri-to-path'];
/** The first slot of vpcd; its second has the next port. */
const PORT = 40_000;

let base: string;
let addOn: string;
let service: ChildProcess;
const cards: ChildProcess[] = [];

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'yikatong-pcsc-'));
  for (const name of packages) {
    const from = join(projectRoot, 'node_modules', name);
    if (existsSync(from)) cpSync(from, join(base, 'node_modules', name), { recursive: true });
  }
  addOn = join(base, 'node_modules/pcsclite');
  service = await startService();
}, 60_000);
afterAll(() => {
  service.kill('SIGTERM');
  rmSync(base, { recursive: true, force: true });
});
/** pcscd looks for a card every 0.4 s; the next test must not meet the one before. */
const NOTICED_MS = 1_500;

afterEach(async () => {
  for (const card of cards.splice(0)) card.kill('SIGKILL');
  await sleep(NOTICED_MS);
});

/** pcscd with a socket and readers of its own. */
async function startService(): Promise<ChildProcess> {
  const config = join(base, 'reader.conf.d');
  mkdirSync(config);
  writeFileSync(
    join(config, 'vpcd'),
    `FRIENDLYNAME "Test"
DEVICENAME /dev/null:0x${PORT.toString(16)}
LIBPATH /usr/lib/pcsc/drivers/serial/libifdvpcd.so
CHANNELID 0x${PORT.toString(16)}
`,
  );
  mkdirSync('/run/pcscd', { recursive: true });
  const script = 'mount -t tmpfs none /run/pcscd && exec pcscd -f -c "$0"';
  const child = spawn('unshare', ['-m', 'sh', '-c', script, config], { stdio: 'ignore' });
  const listening = `:${PORT.toString(16).toUpperCase()} 00000000:0000 0A`;
  for (let attempt = 0; attempt < 100; attempt++) {
    // A connection would be a card, so the port is looked up in the kernel's table.
    const isUp =
      existsSync(socketOf(child)) && readFileSync('/proc/net/tcp', 'utf8').includes(listening);
    if (isUp) return child;
    await sleep(100);
  }
  throw new Error('pcscd does not start');
}

function socketOf({ pid }: ChildProcess): string {
  return join('/proc', String(pid), 'root', 'run/pcscd/pcscd.comm');
}

function insert(protocol: 'T=0' | 'T=1', pulledAfter = 0): void {
  const program = join(support, 'vpcd-card.ts');
  const args = [program, String(PORT), protocol, String(pulledAfter)];
  cards.push(spawn(process.execPath, args, { stdio: 'inherit' }));
}

/** What the terminal's process came to. */
async function readThroughService(): Promise<unknown> {
  const child = spawn(process.execPath, [join(support, 'read-card.ts'), addOn], {
    env: { ...process.env, PCSCLITE_CSOCK_NAME: socketOf(service) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let written = '';
  child.stdout.on('data', (chunk: Buffer) => (written += chunk.toString()));
  const [code] = await once(child, 'close');
  expect(code).toBe(0);
  return JSON.parse(written);
}

test('the add-on is built for this Node, whatever Node the machine has', () => {
  const env = { ...process.env, npm_config_nodedir: '/usr' };
  const built = spawnSync('npm', ['run', '--silent', 'reader:build', '--', addOn], {
    ...{ cwd: projectRoot, env, encoding: 'utf8' },
  });
  expect(built.status, built.stderr).toBe(0);
  expect(built.stderr).toContain(`Node ${process.version} loads it`);
});

test.each(['T=0', 'T=1'] as const)('a card that wants commands of %s is read', async (protocol) => {
  insert(protocol);
  expect(await readThroughService()).toMatchObject({
    protocol: 'T=0',
    read: { ok: true, value: { cardId: testCardId } },
    proof: { ok: true },
    isAsked: true,
  });
});

test('a card that is pulled in the middle is told as that', async () => {
  insert('T=0', 4);
  expect(await readThroughService()).toMatchObject({
    read: { ok: false, error: { code: 'CARD_GONE' } },
    proof: { ok: false, error: { code: 'CARD_GONE' } },
  });
});
