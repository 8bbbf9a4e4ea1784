/**
 * Ctrl-C, SIGTERM and a closed window, in a process of its own: the engine is stopped once, also
 * while it is still starting, and the exit code is 0.
 */
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';

const cli = new URL('../../../../engine/cli/program.ts', import.meta.url).href;

/** `yikatong serve` with an engine that only tells when it starts and stops. */
function serve(readiness: string, stopping = ''): ChildProcessWithoutNullStreams {
  const script = `
    import { once } from 'node:events';
    import { runCli } from '${cli}';
    const print = (line: string) => console.log(line);
    const keepAlive = setInterval(() => undefined, 1000);
    process.exitCode = await runCli(['serve'], {
      env: {},
      print,
      printError: print,
      loadMain: async () => ({
        startEngine: async () => {
          print('starting');
          ${readiness}
          const stop = async () => {
            ${stopping}
            print('stopped');
            clearInterval(keepAlive);
          };
          return { url: 'http://127.0.0.1:1', stop };
        },
        listPartitions: async () => [],
        detachPartition: async () => undefined,
        migrateDatabase: async () => ({ applied: [] }),
        seedDatabase: async () => undefined,
        activatePolicy: async () => ({ verdicts: [], changeNo: undefined }),
        importedCatalogue: async () => undefined,
        installCatalogue: async () => undefined,
      }),
    });`;
  return spawn(process.execPath, ['--input-type=module-typescript', '-e', script]);
}

async function signalAfter(
  child: ChildProcessWithoutNullStreams,
  line: string,
  signal: NodeJS.Signals,
) {
  let output = '';
  let isSignalled = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (!isSignalled && output.includes(line)) isSignalled = child.kill(signal);
  });
  const [code] = await once(child, 'close');
  return { code, stops: output.split('\n').filter((text) => text === 'stopped').length, output };
}

test('SIGTERM stops a running engine cleanly', async () => {
  const { code, stops, output } = await signalAfter(serve(''), '按 Ctrl-C 停止', 'SIGTERM');
  expect({ code, stops }).toEqual({ code: 0, stops: 1 });
  expect(output).toContain('引擎已停止');
});

test('a signal during the start waits for the start, then stops', async () => {
  const child = serve(`await once(process, 'SIGHUP');`);
  const { code, stops } = await signalAfter(child, 'starting', 'SIGHUP');
  expect({ code, stops }).toEqual({ code: 0, stops: 1 });
});

test('a second Ctrl-C, as npm passes on, does not cut the stop short', async () => {
  const child = serve('', `print('stopping'); await once(process.stdin, 'data');`);
  child.stdout.on('data', (text: Buffer) => {
    if (!text.includes('stopping')) return;
    child.kill('SIGINT');
    child.stdin.end('go on');
  });
  const { code, stops } = await signalAfter(child, '按 Ctrl-C 停止', 'SIGINT');
  expect({ code, stops }).toEqual({ code: 0, stops: 1 });
});

test('a start that a signal interrupts is a stop, not a failure', async () => {
  const child = serve(`await once(process, 'SIGINT'); throw new Error('interrupted');`);
  const { code, output } = await signalAfter(child, 'starting', 'SIGINT');
  expect(code).toBe(0);
  expect(output).not.toContain('interrupted');
});
