import { randomBytes } from 'node:crypto';
import { invariant } from '../../../engine/base/errors/result.ts';
import type { Fen } from '../../../engine/base/money/fen.ts';
import type { BankHost } from '../../../engine/sandbox/bank-host/bank-host.ts';
import type { IssuingKeys } from '../../../engine/sandbox/issuer/issue-card.ts';
import type { PersonOnRecord } from '../../../engine/sandbox/seed/issue-to-person.ts';
import { issueToPerson } from '../../../engine/sandbox/seed/issue-to-person.ts';
import type { SandboxPerson } from '../../../engine/sandbox/seed/sandbox-people.ts';
import { findSandboxPerson } from '../../../engine/sandbox/seed/sandbox-people.ts';
import { loadIssuingKeys } from '../../../engine/sandbox/seed/seed-sandbox.ts';
import { insertPeople } from '../../../engine/sandbox/seed/seed-target.ts';
import type { SeedStore } from '../../../engine/store/reference/seed-store.ts';
import type { VirtualCard } from '../../../terminal-adapter/virtual-card/virtual-card.ts';
import { createVirtualCard } from '../../../terminal-adapter/virtual-card/virtual-card.ts';

/** Somebody at the counter: the card in the hand and the PINs in the head. */
export type Customer = {
  readonly person: SandboxPerson;
  readonly record: PersonOnRecord;
  readonly card: VirtualCard;
};

/** In what a new person differs from an employee of Dongguan with 800 yuan and 5,000 at the bank. */
export type PersonWish = {
  readonly like?: string;
  readonly accountBalance?: Fen;
  readonly bankBalance?: Fen;
};

export type Registry = {
  enrol(wish?: PersonWish): Promise<Customer>;
  sandboxPerson(id: string): Customer;
};

/** People of tests have serials from here on, far from the sandbox's and the crowd's. */
const FIRST_SERIAL = 50_000;

/** Where new people get their cards: in the engine's database and in the bank's books. */
export function createRegistry(options: {
  readonly target: SeedStore;
  readonly host: BankHost;
  readonly folder: string;
}): Registry {
  const { target, host } = options;
  const keys = loadIssuingKeys(options.folder);
  const known = new Map<string, Customer>();
  let serial = FIRST_SERIAL;
  let turn = Promise.resolve();
  return {
    async enrol({ like = 'dongguan-pharmacy-buyer', ...differences } = {}) {
      serial += 1;
      const customer = issueTo({ ...personNamed(like), ...differences, serial }, keys);
      // The target has one connection, and a test may enrol many people side by side.
      turn = turn.then(() => insertPeople(target, [customer.record]));
      await turn;
      host.issue(customer.record.bankCard);
      return customer;
    },
    sandboxPerson(id) {
      const customer = known.get(id) ?? issueTo(personNamed(id), keys);
      known.set(id, customer);
      return customer;
    },
  };
}

/** One of the sandbox's own people with a card as it left the issuer; `folder`: the sandbox's keys. */
export function newSandboxCustomer(folder: string, id: string): Customer {
  return issueTo(personNamed(id), loadIssuingKeys(folder));
}

function issueTo(person: SandboxPerson, keys: IssuingKeys): Customer {
  const record = issueToPerson(person, keys, Date.now());
  const random = (bytes: number) => randomBytes(bytes);
  return { person, record, card: createVirtualCard(record.personalisation, { random }) };
}

function personNamed(id: string): SandboxPerson {
  const person = findSandboxPerson(id);
  invariant(person !== undefined, `there is no person ${id}`);
  return person;
}
