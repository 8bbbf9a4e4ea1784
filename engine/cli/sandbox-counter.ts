import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { SoftwarePinPad } from '../../terminal-adapter/agent/pin-pad.ts';
import { createSoftwarePinPad } from '../../terminal-adapter/agent/pin-pad.ts';
import type { EngineClient, TerminalClock } from '../../terminal-adapter/client/engine-client.ts';
import { createEngineClient } from '../../terminal-adapter/client/engine-client.ts';
import type { RequestJournal } from '../../terminal-adapter/journal/request-journal.ts';
import { openRequestJournal } from '../../terminal-adapter/journal/request-journal.ts';
import { toHex } from '../base/crypto/bytes.ts';
import { loadTerminalKeys, sandboxKeyFolder } from '../sandbox/keys/sandbox-keys.ts';
import type { PlaceName, SandboxTerminal } from '../sandbox/seed/sandbox-places.ts';
import { sandboxTerminals } from '../sandbox/seed/sandbox-places.ts';
import { CliError } from './cli-context.ts';
import { formatRefusal, unreachable } from './format-refusal.ts';

/** A sandbox terminal that is signed in: what a cashier sits at. */
export type SandboxCounter = {
  readonly terminal: SandboxTerminal;
  readonly client: EngineClient;
  readonly journal: RequestJournal;
  readonly pinPad: SoftwarePinPad;
  readonly clock: TerminalClock;
  /** Of the sign-in: today at the engine. */
  readonly businessDate: string;
  close(): void;
};

export type CounterOptions = {
  /** `YIKATONG_DATA`: the terminal's keys and its journal are there. */
  readonly dataDir: string;
  readonly place: PlaceName;
  readonly url: string;
  /** The holder at the PIN pad. */
  readonly askPin: (kind: 'medical' | 'bank') => Promise<string | undefined>;
};

/** Longer than the engine waits for the bank. */
const EXCHANGE_MS = 30_000;

const clock: TerminalClock = { now: () => Date.now(), randomBytes: (count) => randomBytes(count) };

/**
 * Opens a terminal with its keys and journal, and signs in.
 * @throws CliError when no engine answers, or it refuses the sign-in
 */
export async function openSandboxCounter(options: CounterOptions): Promise<SandboxCounter> {
  const terminal = sandboxTerminals[options.place];
  const keys = loadTerminalKeys(sandboxKeyFolder(options.dataDir), terminal);
  const client = createEngineClient({
    baseUrls: [options.url],
    terminal: {
      terminalId: terminal.id,
      privateKey: Buffer.from(keys.deviceKey).toString('base64'),
      masterKey: toHex(keys.masterKey),
    },
    clock,
    timeoutMs: EXCHANGE_MS,
  });
  const signedIn = await client.signIn();
  if (signedIn.kind === 'declined') throw new CliError(formatRefusal(signedIn.refusal));
  if (signedIn.kind !== 'approved') throw unreachable(options.url);
  const { masterKey, bankPinPadKey: bankMasterKey } = keys;
  const pinPad = createSoftwarePinPad({ masterKey, bankMasterKey, askPin: options.askPin, clock });
  pinPad.loadKeys(signedIn.body);
  const journals = join(options.dataDir, 'counters');
  mkdirSync(journals, { recursive: true, mode: 0o700 });
  const journal = openRequestJournal(join(journals, `${terminal.id}.db`));
  const { businessDate } = signedIn.body;
  return { terminal, client, journal, pinPad, clock, businessDate, close: () => journal.close() };
}
