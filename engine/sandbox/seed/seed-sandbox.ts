import type { CardId } from '../../base/ids/ids.ts';
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
 * Stores the sandbox's institutions, terminals and people, and creates the terminals' key files. Repeating it
 * changes nothing; balances and accumulators are kept.
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

/** The cards that the sandbox's bank has issued, and the PIN pads that it knows. */
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

/** The social-security cards of the sandbox's people. */
export function sandboxCardIds(folder: string): readonly CardId[] {
  const keys = loadIssuingKeys(folder);
  return sandboxPeople.map((person) => issueToPerson(person, keys, 0).card.cardId);
}

/** PAN of a sandbox person; undefined: no such person. */
export function sandboxPan(folder: string, id: string): string | undefined {
  const person = findSandboxPerson(id);
  if (person === undefined) return undefined;
  return issueToPerson(person, loadIssuingKeys(folder), 0).bankCard.pan;
}

/** The keys of both systems, for the issuing centre. */
export function loadIssuingKeys(folder: string): IssuingKeys {
  return { engine: loadIssuingSecrets(folder), bank: loadBankKeys(folder) };
}
