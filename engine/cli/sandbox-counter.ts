import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createSoftwarePinPad } from '../../terminal-adapter/agent/pin-pad.ts';
import type { Counter } from '../../terminal-adapter/counter/open-counter.ts';
import { openCounter, systemClock } from '../../terminal-adapter/counter/open-counter.ts';
import { createSimulatedReader } from '../../terminal-adapter/readers/simulated-reader.ts';
import { toHex } from '../base/crypto/bytes.ts';
import type { TerminalKeys } from '../sandbox/keys/sandbox-keys.ts';
import { loadTerminalKeys, sandboxKeyFolder } from '../sandbox/keys/sandbox-keys.ts';
import type { InstitutionName, SandboxTerminal } from '../sandbox/seed/sandbox-institutions.ts';
import { sandboxTerminals } from '../sandbox/seed/sandbox-institutions.ts';
import type { SandboxPerson } from '../sandbox/seed/sandbox-people.ts';
import { CliError } from './cli-context.ts';
import { formatRefusal, notReady, unreachable } from './format-refusal.ts';
import { openSandboxCard } from './sandbox-card.ts';

/** A signed-in counter of the sandbox. */
export type SandboxCounter = Counter & {
  /** Business date of the sign-in. */
  readonly businessDate: string;
};

export type SandboxCounterOptions = {
  /** `YIKATONG_DATA`: the terminal's keys, its journal and the cards are there. */
  readonly dataDir: string;
  readonly institution: InstitutionName;
  readonly url: string;
  /** The holder at the counter: the card is in the reader, and the PINs are entered when asked. */
  readonly person?: SandboxPerson;
};

/**
 * Opens the counter of an institution with its sandbox keys, and signs in.
 * @throws CliError when no engine answers, or it refuses the sign-in
 */
export async function openSandboxCounter(options: SandboxCounterOptions): Promise<SandboxCounter> {
  const { dataDir, url, person } = options;
  const terminal = sandboxTerminals[options.institution];
  const keys = loadTerminalKeys(sandboxKeyFolder(dataDir), terminal);
  const card = person === undefined ? undefined : openSandboxCard(dataDir, person);
  const counter = openCounter({
    baseUrls: [url],
    terminal: sandboxCredentials(terminal, keys),
    reader: createSimulatedReader(card),
    pinPad: createSoftwarePinPad({
      masterKey: keys.masterKey,
      bankMasterKey: keys.bankPinPadKey,
      askPin: async (kind) => (kind === 'medical' ? person?.medicalPin : person?.bankPin),
      clock: systemClock,
    }),
    journalFile: sandboxJournalFile(dataDir, terminal),
  });
  const close = async (): Promise<void> => {
    await counter.close();
    card?.saveState();
  };
  try {
    return { ...counter, businessDate: await signIn(counter, url), close };
  } catch (error) {
    await close();
    throw error;
  }
}

async function signIn(counter: Counter, url: string): Promise<string> {
  const signedIn = await counter.signIn();
  if (signedIn.kind === 'approved') return signedIn.document.businessDate;
  if (signedIn.kind !== 'stopped') throw new CliError(formatRefusal(signedIn.refusal));
  if (signedIn.by === 'pin-pad') {
    throw new CliError(formatRefusal(signedIn));
  }
  throw signedIn.code === 'UNREACHABLE' ? unreachable(url) : await notReady(url);
}

/** The keys of a sandbox terminal in the form of the terminal kit. */
export function sandboxCredentials({ id }: SandboxTerminal, keys: TerminalKeys) {
  return {
    terminalId: id,
    privateKey: Buffer.from(keys.deviceKey).toString('base64'),
    masterKey: toHex(keys.masterKey),
  };
}

/** Path of the terminal's journal; creates its folder. */
export function sandboxJournalFile(dataDir: string, { id }: SandboxTerminal): string {
  const folder = join(dataDir, 'counters');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return join(folder, `${id}.db`);
}
