/** Registers whose changes, and reads of people, leave audit rows. */
import { ok } from '../base/errors/result.ts';
import type { ActionScope } from '../domain/principal/authorise.ts';
import { everywhere } from '../domain/principal/authorise.ts';
import type { Policy } from '../domain/settlement/policy.ts';
import { actAs, readAs } from '../flows/principal/act.ts';
import type { RegistryStore } from '../store/reference/registry-store.ts';
import type { SeedStore } from '../store/reference/seed-store.ts';
import type { Actor } from './actor.ts';
import { refusedAs } from './actor.ts';

export type Registers = RegistryStore &
  Pick<SeedStore, 'insertInstitutions' | 'insertTerminals' | 'insertPersons' | 'insertCards'> & {
    /** Shipped and activated packs: a person's region and scheme, and names of accumulators, are theirs. */
    readonly policy: Policy;
  };

/**
 * Every change leaves a row before it and one that says how it ended, of one person with the reference to the
 * person; a list of people or cards leaves one before it is shown.
 */
export function recordRegisters(registers: Registers, actor: Actor): Registers {
  const change = async <T>(
    subject: string,
    scope: ActionScope,
    run: () => Promise<T>,
  ): Promise<T> => {
    const act = { by: actor.by, action: 'register.change', scope, subject } as const;
    const done = await actAs(actor, act, async () => ok(await run()));
    if (done.ok) return done.value;
    throw refusedAs(done.error.code);
  };
  const add =
    <Row>(register: string, insert: (rows: readonly Row[]) => Promise<void>) =>
    (rows: readonly Row[]) =>
      change(`${register}: ${rows.length} put on record`, everywhere, () => insert(rows));
  return {
    ...registers,
    insertInstitutions: add('institution', registers.insertInstitutions),
    insertTerminals: add('terminal', registers.insertTerminals),
    insertPersons: add('person', registers.insertPersons),
    insertCards: add('card', registers.insertCards),
    insertOpenings: add('openings', registers.insertOpenings),
    enable: (register, id, isEnabled) =>
      change(`${register} ${id}: ${isEnabled ? 'resumed' : 'suspended'}`, everywhere, () =>
        registers.enable(register, id, isEnabled),
      ),
    replaceTerminalKeys: (id, keys) =>
      change(`terminal ${id}: keys`, everywhere, () => registers.replaceTerminalKeys(id, keys)),
    replaceInstitution: (row) =>
      change(`institution ${row.code}`, { ...everywhere, institution: row.code }, () =>
        registers.replaceInstitution(row),
      ),
    replacePerson: (person) =>
      change('person: replaced', ofPerson(person.key), () => registers.replacePerson(person)),
    suspendPerson: (key, isInsured) =>
      change(`person: ${isInsured ? 'insured' : 'suspended'}`, ofPerson(key), () =>
        registers.suspendPerson(key, isInsured),
      ),
    changeCard: async (cardId, order) =>
      change('card: changed', ofPerson(await registers.findCardOwner(cardId)), () =>
        registers.changeCard(cardId, order),
      ),
    async list(register) {
      if (register !== 'person' && register !== 'card') return registers.list(register);
      const act = { by: actor.by, action: 'register.read', scope: everywhere } as const;
      const read = () => registers.list(register);
      const found = await readAs(actor, { ...act, subject: `${register}: listed` }, read);
      if (found.ok) return found.value;
      throw refusedAs(found.error.code);
    },
  };
}

function ofPerson(key: { readonly personNo: string } | undefined): ActionScope {
  return key === undefined ? everywhere : { ...everywhere, personNo: key.personNo };
}
