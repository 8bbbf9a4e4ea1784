import type { Clock } from '../../ports/environment.ts';
import type { Keys } from '../../ports/keys.ts';
import type { BankHostCard } from '../bank-host/bank-host.ts';
import type { IssuingKeys } from '../issuer/issue-card.ts';
import { loadBankKeys, loadIssuingSecrets } from '../keys/sandbox-keys.ts';
import { issueToPerson } from './issue-to-person.ts';
import { sandboxInstitutions, sandboxTerminals } from './sandbox-institutions.ts';
import type { SandboxPerson } from './sandbox-people.ts';
import { findSandboxPerson, sandboxPeople } from './sandbox-people.ts';
import type { SeedTarget } from './seed-target.ts';
import { insertPeople } from './seed-target.ts';
import { registerTerminal } from './seed-terminals.ts';

export type SandboxSeed = {
  readonly target: SeedTarget;
  readonly keys: Pick<Keys, 'seal'>;
  readonly clock: Clock;
  /** The sandbox's key folder. */
  readonly folder: string;
};

/**
 * Fills an engine with the sandbox's institutions, terminals and people, and makes the terminals'
 * key files. Giving it again changes nothing: neither balances nor totals start anew.
 */
export async function seedSandbox(seed: SandboxSeed): Promise<void> {
  const { target, keys, folder } = seed;
  const at = seed.clock.now();
  const issuingKeys = loadIssuingKeys(folder);
  const terminals = Object.values(sandboxTerminals);
  await target.insertInstitutions(Object.values(sandboxInstitutions));
  await target.insertTerminals(
    terminals.map((terminal) => registerTerminal(terminal, { folder, keys })),
  );
  const issue = (person: SandboxPerson) => issueToPerson(person, issuingKeys, at);
  await insertPeople(target, sandboxPeople.map(issue));
  for (const person of sandboxPeople) {
    if (person.listed === undefined) continue;
    const { level, region, reason } = person.listed;
    const entries = [{ cardId: issue(person).card.cardId, reason }];
    await target.replaceInvalidList({ level, region, version: 1, loadedAt: at, entries });
  }
}

/** What the sandbox's bank has put out: its cards, and the PIN pads it knows. */
export function sandboxBankClients(folder: string): {
  readonly cards: readonly BankHostCard[];
  readonly terminalIds: readonly string[];
} {
  const keys = loadIssuingKeys(folder);
  return {
    cards: sandboxPeople.map((person) => issueToPerson(person, keys, 0).bankCard),
    terminalIds: Object.values(sandboxTerminals).map((terminal) => terminal.bankTerminalId),
  };
}

/** Number of a sandbox person's bank card; undefined: nobody of that name. */
export function sandboxPan(folder: string, id: string): string | undefined {
  const person = findSandboxPerson(id);
  if (person === undefined) return undefined;
  return issueToPerson(person, loadIssuingKeys(folder), 0).bankCard.pan;
}

/** Both key systems, for the issuing centre. */
export function loadIssuingKeys(folder: string): IssuingKeys {
  return { engine: loadIssuingSecrets(folder), bank: loadBankKeys(folder) };
}
