/** Goal: what the vendor's guide says works against `npm start`, on a machine that has what it names. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { runVendorTerminal } from '../support/vendor/run-vendor-terminal.ts';

const projectRoot = join(import.meta.dirname, '../..');

/** The engine with its own database and bank, as `npm start` runs it; `url` once it is ready. */
async function startDemonstration(dataDir: string) {
  const child = spawn(process.execPath, ['engine/cli/bin.mjs', 'serve', '--demo'], {
    cwd: projectRoot,
    env: { PATH: process.env['PATH'], YIKATONG_DATA: dataDir, YIKATONG_PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    // The demonstration sells first, so that it does not meet the terminal.
    const ready = /ready: (http:\S+)[\s\S]*try a settlement/.exec(said);
    if (ready?.[1] !== undefined) resolve(ready[1]);
  });
  child.once('exit', (code) => reject(new Error(`the engine ended with ${code}: ${said}`)));
  const stop = async (): Promise<void> => {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  };
  return { url: await promise, stop };
}

test('the terminal in Python does its work', async () => {
  const dataDir = temporaryFolder();
  const engine = await startDemonstration(dataDir);
  try {
    const { code, out, errors } = await runVendorTerminal(['--url', engine.url], dataDir);
    expect([errors, code], out).toEqual(['', 0]);
    expect(out).toMatch(/^done$/m);
  } finally {
    await engine.stop();
  }
});
