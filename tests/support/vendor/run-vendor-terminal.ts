/** The vendor's terminal in Python, as a vendor runs it: against an engine, or its arithmetic alone. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const projectRoot = join(import.meta.dirname, '../../..');
const terminal = join(projectRoot, 'tests/vendor/terminal.py');

/** Why the terminal cannot run on this machine; undefined: it can. */
export function whyNoVendorTerminal(): string | undefined {
  const missing = [
    ['python3', '--version'],
    ['openssl', 'version'],
  ].find(([program = '', argument = '']) => spawnSync(program, [argument]).status !== 0);
  return missing === undefined ? undefined : `${missing[0]} is not installed`;
}

/** Runs it to its end. `dataDir`: the sandbox's folder, from which it takes its keys and the card. */
export async function runVendorTerminal(args: readonly string[], dataDir: string) {
  const child = spawn('python3', [terminal, ...args], {
    env: { PATH: process.env['PATH'], HOME: dataDir, YIKATONG_DATA: dataDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const written = { out: '', errors: '' };
  child.stdout.on('data', (chunk: Buffer) => (written.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (written.errors += chunk.toString()));
  const [code] = await once(child, 'close');
  return { code, ...written };
}
