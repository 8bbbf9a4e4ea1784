import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CardState } from '../../terminal-adapter/virtual-card/personalisation.ts';
import type { VirtualCard } from '../../terminal-adapter/virtual-card/virtual-card.ts';
import { createVirtualCard } from '../../terminal-adapter/virtual-card/virtual-card.ts';
import { systemCode } from '../ops/startup-error.ts';
import { sandboxKeyFolder } from '../sandbox/keys/sandbox-keys.ts';
import { issueToPerson } from '../sandbox/seed/issue-to-person.ts';
import type { SandboxPerson } from '../sandbox/seed/sandbox-people.ts';
import { loadIssuingKeys } from '../sandbox/seed/seed-sandbox.ts';

/** A sandbox person's card, as it lay in a drawer since its last use. */
export type SandboxCard = {
  readonly card: VirtualCard;
  /** Keeps the chip's counter and PIN tries for the next command: a real chip forgets neither. */
  putAway(): void;
};

/**
 * Makes the person's card again from the issuing keys, with the memory that it was put away with.
 */
export function takeSandboxCard(dataDir: string, person: SandboxPerson): SandboxCard {
  const path = join(dataDir, 'cards', `${person.id}.json`);
  const keys = loadIssuingKeys(sandboxKeyFolder(dataDir));
  const { personalisation } = issueToPerson(person, keys, 0);
  const state = readState(path);
  const random = (bytes: number) => randomBytes(bytes);
  const card = createVirtualCard(
    personalisation,
    state === undefined ? { random } : { random, state },
  );
  return { card, putAway: () => writeState(path, card.exportState()) };
}

function readState(path: string): CardState | undefined {
  try {
    const state: Partial<CardState> = JSON.parse(readFileSync(path, 'utf8'));
    const { pinTriesLeft, atc } = state;
    return Number.isInteger(pinTriesLeft) && Number.isInteger(atc)
      ? { pinTriesLeft: pinTriesLeft ?? 0, atc: atc ?? 0 }
      : undefined;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function writeState(path: string, state: CardState): void {
  mkdirSync(join(path, '..'), { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.new`, JSON.stringify(state), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
