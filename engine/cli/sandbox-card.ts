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

/** A sandbox person's virtual card with its state since the last use. */
export type SandboxCard = {
  readonly card: VirtualCard;
  /** Stores ATC and PIN tries for the next command. */
  saveState(): void;
};

/** Creates the person's card from the issuing keys, with its stored state. */
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

/** Personalisation of the person's card, and the path of its state file. */
export function sandboxCardFiles(
  dataDir: string,
  person: SandboxPerson,
): { readonly personalisation: CardPersonalisation; readonly stateFile: string } {
  const keys = loadIssuingKeys(sandboxKeyFolder(dataDir));
  const { personalisation } = issueToPerson(person, keys, 0);
  return { personalisation, stateFile: join(dataDir, 'cards', `${person.id}.json`) };
}
