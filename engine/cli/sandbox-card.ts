import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import {
  readCardState,
  writeCardState,
} from '../../terminal-adapter/virtual-card/card-state-file.ts';
import type { CardPersonalisation } from '../../terminal-adapter/virtual-card/personalisation.ts';
import type { VirtualCard } from '../../terminal-adapter/virtual-card/virtual-card.ts';
import { createVirtualCard } from '../../terminal-adapter/virtual-card/virtual-card.ts';
import { sandboxKeyFolder } from '../sandbox/keys/sandbox-keys.ts';
import { issueToPerson } from '../sandbox/seed/issue-to-person.ts';
import type { SandboxPerson } from '../sandbox/seed/sandbox-people.ts';
import { loadIssuingKeys } from '../sandbox/seed/seed-sandbox.ts';

/** A sandbox person's card, as it lay in a drawer since its last use. */
export type SandboxCard = {
  readonly card: VirtualCard;
  /** Keeps the chip's counter and PIN tries for the next command. */
  saveState(): void;
};

/**
 * Makes the person's card again from the issuing keys, with the memory that it was put away with.
 */
export function openSandboxCard(dataDir: string, person: SandboxPerson): SandboxCard {
  const { personalisation, stateFile } = sandboxCardFiles(dataDir, person);
  const random = (bytes: number) => randomBytes(bytes);
  const state = readCardState(stateFile);
  const card = createVirtualCard(
    personalisation,
    state === undefined ? { random } : { random, state },
  );
  return { card, saveState: () => writeCardState(stateFile, card.exportState()) };
}

/** What the issuing centre writes on the person's card, and where its memory is kept. */
export function sandboxCardFiles(
  dataDir: string,
  person: SandboxPerson,
): { readonly personalisation: CardPersonalisation; readonly stateFile: string } {
  const keys = loadIssuingKeys(sandboxKeyFolder(dataDir));
  const { personalisation } = issueToPerson(person, keys, 0);
  return { personalisation, stateFile: join(dataDir, 'cards', `${person.id}.json`) };
}
