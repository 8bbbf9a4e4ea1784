import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fen } from '../../../../../engine/base/money/fen.ts';
import type { FaultOrder } from '../../../../../engine/sandbox/bank-host/fault-plan.ts';
import { askControl } from '../../../../../engine/sandbox/control/ask-control.ts';
import { findControl } from '../../../../../engine/sandbox/control/control-protocol.ts';
import type { Control } from '../../../../../engine/sandbox/control/serve-control.ts';
import { serveControl } from '../../../../../engine/sandbox/control/serve-control.ts';

let dataDir: string;
let control: Control;
let commands: (FaultOrder | 'calm')[];

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'yikatong-control-'));
  commands = [];
  control = await serveControl({
    dataDir,
    host: {
      injectFault: (command) => commands.push(command),
      clearFaults: () => commands.push('calm'),
      accountOf: (pan) =>
        pan === 'A'
          ? { balance: fen(500_000n), status: 'active', pinTriesLeft: 3, lastAtc: 0 }
          : undefined,
    },
    panOf: (person) => (person === 'somebody' ? 'A' : undefined),
  });
});
afterEach(async () => {
  await control.close();
  rmSync(dataDir, { recursive: true, force: true });
});

/** What comes back for a line of one's own. */
async function send(line: string): Promise<unknown> {
  const socket = connect({ host: '127.0.0.1', port: control.port });
  socket.write(line);
  return JSON.parse(await text(socket));
}

const fault = {
  on: 'sale',
  kind: 'silent-after-posting',
  times: 2,
  delayMs: 0,
  code: '05',
} as const;

test('commands reach the bank', async () => {
  expect(await askControl(dataDir, { do: 'inject-fault', ...fault })).toEqual({ outcome: 'done' });
  expect(await askControl(dataDir, { do: 'calm' })).toEqual({ outcome: 'done' });
  expect(commands).toEqual([fault, 'calm']);
});

test.each([
  { kind: 'decline', code: '11' },
  { kind: 'approve-with', code: '05' },
] as const)('$kind with code $code is refused: no host says so', async (wrong) => {
  expect(await askControl(dataDir, { do: 'inject-fault', ...fault, ...wrong })).toEqual({
    outcome: 'refused',
    reason: 'malformed',
  });
  expect(commands).toEqual([]);
});

test('a balance is told by the name of the person', async () => {
  expect(await askControl(dataDir, { do: 'balance', person: 'somebody' })).toEqual({
    outcome: 'done',
    balance: { balance: '5000.00', status: 'active', pinTriesLeft: 3 },
  });
  const unknown = await askControl(dataDir, { do: 'balance', person: 'nobody' });
  expect(unknown).toEqual({ outcome: 'refused', reason: 'unknown-person' });
});

test('only the owner of the folder learns the word, and without it nobody commands', async () => {
  expect(statSync(join(dataDir, 'sandbox.json')).mode & 0o777).toBe(0o600);
  const guess = { token: 'A'.repeat(32), request: { do: 'calm' } };
  expect(await send(`${JSON.stringify(guess)}\n`)).toEqual({
    outcome: 'refused',
    reason: 'not-allowed',
  });
  expect(commands).toEqual([]);
});

test.each([
  ['no JSON', 'calm\n'],
  ['a line without an end', 'x'.repeat(5_000)],
  ['a command that there is not', '{"word":"","request":{"do":"pay"}}\n'],
])('%s is malformed', async (_name, line) => {
  expect(await send(line)).toEqual({ outcome: 'refused', reason: 'malformed' });
});

test('a sandbox that has ended is not found', async () => {
  const address = findControl(dataDir);
  expect(address?.controlPort).toBe(control.port);
  await control.close();
  expect(findControl(dataDir)).toBeUndefined();
  expect(await askControl(dataDir, { do: 'calm' })).toBeUndefined();
  control = await serveControl({
    dataDir,
    host: { injectFault: () => 0, clearFaults: () => 0, accountOf: () => undefined },
    panOf: () => undefined,
  });
});
