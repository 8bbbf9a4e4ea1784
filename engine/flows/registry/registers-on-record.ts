/** The registers with what must be on record before a row of them, and with the policy that a person needs. */
import { accumulatorUses } from '../../../rules/lint/accumulator-uses.ts';
import type { PackRegistry } from '../../../rules/packs/pack-registry.ts';
import type { CardRecord } from '../../domain/card/card.ts';
import type { Accumulator, PersonId, PersonRecord } from '../../domain/person/person.ts';
import type { Institution } from '../../ports/reference.ts';
import type { Register } from './import-register.ts';
import { idColumns, idTaken, problemOfId } from './person-id.ts';
import type { RowProblem } from './record.ts';
import {
  cardColumns,
  cardOf,
  institutionColumns,
  institutionOf,
  type OpeningRow,
  openingColumns,
  openingOf,
  personColumns,
  personOf,
  type TerminalRecord,
  terminalColumns,
  terminalOf,
} from './registers.ts';

/** What the registers need of the store. */
export type OnRecord = {
  known(
    register: 'institution' | 'terminal' | 'person' | 'card',
    ids: readonly string[],
  ): Promise<ReadonlySet<string>>;
  schemesOf(personNos: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Who has each of these ID numbers, in their order. */
  idOwners(ids: readonly PersonId[]): Promise<readonly (string | undefined)[]>;
  insertInstitutions(rows: readonly Institution[]): Promise<void>;
  insertPersons(rows: readonly PersonRecord[]): Promise<void>;
  insertCards(rows: readonly CardRecord[]): Promise<void>;
  openingsOf(personNos: readonly string[]): Promise<ReadonlySet<string>>;
  insertOpenings(
    rows: readonly Pick<Accumulator, 'key' | 'year' | 'scheme' | 'amounts'>[],
  ): Promise<void>;
};

const nothingWrong = async (rows: readonly unknown[]) => rows.map(() => undefined);

export function institutionRegister(store: OnRecord): Register<Institution> {
  return {
    columns: institutionColumns,
    idOf: ({ code = '' }) => code,
    rowOf: institutionOf,
    known: (ids) => store.known('institution', ids),
    check: nothingWrong,
    insert: store.insertInstitutions,
  };
}

/** @param insert makes each terminal's keys, puts it on record, and hands the keys out */
export function terminalRegister(
  store: OnRecord,
  insert: (rows: readonly TerminalRecord[]) => Promise<void>,
): Register<TerminalRecord> {
  return {
    columns: terminalColumns,
    idOf: ({ id = '' }) => id,
    rowOf: terminalOf,
    known: (ids) => store.known('terminal', ids),
    check: async (rows) => {
      const known = await store.known(
        'institution',
        rows.map(({ institution }) => institution),
      );
      return rows.map(({ institution }) =>
        known.has(institution) ? undefined : absent('institution', '该机构尚未登记', 'institution'),
      );
    },
    insert,
  };
}

/** A person whose region has no policy could settle nothing: most often the code is mistyped. */
export function personRegister(store: OnRecord, policy: PackRegistry): Register<PersonRecord> {
  const served = new Set(
    policy.packs.flatMap(({ region, schemes }) => schemes.map((scheme) => `${region} ${scheme}`)),
  );
  const problemOfPolicy = ({ region, scheme }: PersonRecord): RowProblem | undefined =>
    served.has(`${region} ${scheme}`)
      ? undefined
      : {
          column: 'scheme',
          zh: `统筹区 ${region} 险种 ${scheme} 没有政策包`,
          en: `no policy pack is for scheme ${scheme} in region ${region}`,
        };
  const isTaken = takenIds(store);
  return {
    columns: [...personColumns, ...idColumns],
    idOf: (cells) => cells['person_no'] ?? '',
    rowOf: personOf,
    known: (ids) => store.known('person', ids),
    check: async (rows) => {
      const taken = await isTaken(rows);
      return rows.map(
        (row, i) => problemOfPolicy(row) ?? problemOfId(row) ?? (taken[i] ? idTaken : undefined),
      );
    },
    insert: store.insertPersons,
  };
}

/** Has another person the ID number of each row: on record, or in a row before? */
function takenIds(store: OnRecord): (rows: readonly PersonRecord[]) => Promise<boolean[]> {
  const seen = new Map<string, string>();
  return async (rows) => {
    const given = rows.flatMap(({ key, id }) => (id === undefined ? [] : [{ key, id }]));
    const owners = await store.idOwners(given.map(({ id }) => id));
    const known = new Map(given.map(({ key }, i) => [key.personNo as string, owners[i]]));
    return rows.map(({ key: { personNo }, id }) => {
      if (id === undefined) return false;
      const name = `${id.type} ${id.number}`;
      const owner = known.get(personNo) ?? seen.get(name) ?? personNo;
      seen.set(name, owner);
      return owner !== personNo;
    });
  };
}

/** Totals of the year, after their persons; each once, in any order and in as many files as one likes. */
export function openingRegister(store: OnRecord, policy: PackRegistry): Register<OpeningRow> {
  const names = new Set(
    policy.packs.flatMap(({ file }) =>
      accumulatorUses(file).map(({ accumulator }) => baseName(accumulator)),
    ),
  );
  const schemesOf = (rows: readonly OpeningRow[]) =>
    store.schemesOf([...new Set(rows.map(({ key }) => key.personNo))]);
  return {
    columns: openingColumns,
    idOf: (cells) => `${cells['person_no']} ${cells['year']} ${cells['name']}`,
    rowOf: openingOf,
    known: (ids) => store.openingsOf([...new Set(ids.map((id) => id.split(' ', 1)[0] ?? ''))]),
    check: async (rows) => {
      const schemes = await schemesOf(rows);
      return rows.map(({ key, name }) => {
        if (!schemes.has(key.personNo)) return absent('person_no', '该人员尚未登记', 'person');
        return names.has(baseName(name))
          ? undefined
          : {
              column: 'name',
              zh: '没有政策包使用这个累计名称',
              en: 'no policy pack has an accumulator of this name',
            };
      });
    },
    insert: async (rows) => {
      const schemes = await schemesOf(rows);
      const groups = Map.groupBy(rows, ({ key, year }) => `${key.personNo} ${year}`);
      await store.insertOpenings(
        [...groups.values()].flatMap((group) => {
          const [first] = group;
          const scheme = schemes.get(first?.key.personNo ?? '');
          if (first === undefined || scheme === undefined) return [];
          const amounts = new Map(group.map(({ name, amount }) => [name, amount]));
          return [{ key: first.key, year: first.year, scheme, amounts }];
        }),
      );
    },
  };
}

/** Cards come after their persons, and pay nothing until a PIN is set. */
export function cardRegister(store: OnRecord): Register<CardRecord> {
  return {
    columns: cardColumns,
    idOf: (cells) => cells['card_id'] ?? '',
    rowOf: cardOf,
    known: (ids) => store.known('card', ids),
    check: async (rows) => {
      const known = await store.known(
        'person',
        rows.map(({ key }) => key.personNo),
      );
      return rows.map(({ key }) =>
        known.has(key.personNo) ? undefined : absent('person_no', '该人员尚未登记', 'person'),
      );
    },
    insert: store.insertCards,
  };
}

/** "op-paid/2026-11" goes by the name "op-paid". */
function baseName(name: string): string {
  return name.split('/', 1)[0] ?? name;
}

function absent(column: string, zh: string, what: string): RowProblem {
  return { column, zh, en: `this ${what} is not on record` };
}
