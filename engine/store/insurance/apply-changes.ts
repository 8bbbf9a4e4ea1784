import { sql, type Transaction } from 'kysely';
import type { PersonKey, PersonNo } from '../../base/ids/ids.ts';
import { insuredOn } from '../../domain/insurance/insured-spans.ts';
import type { RelationChange } from '../../domain/insurance/relation.ts';
import { insuredSpans } from '../../domain/insurance/relation.ts';
import type { Person } from '../../domain/person/person.ts';
import type { AppliedChanges } from '../../ports/insurance.ts';
import { arrayLiteral } from '../batch/array-literal.ts';
import { insertRows } from '../reference/insert-rows.ts';
import type { RecordedChange } from '../tables/insurance-change.ts';
import { changeOf, insuranceChangeTable } from '../tables/insurance-change.ts';
import { spanText } from '../tables/insured-span-text.ts';
import { personTable } from '../tables/person.ts';
import type { Database } from '../tables/schema.ts';

/** Locked people: nobody changes or pays for one of them until the transaction ends. */
type Locked = ReadonlyMap<PersonNo, Person>;

/**
 * Takes rows of insurance relations: locks their people, adds what is new, and changes when each is
 * insured. The version says to a running batch that it has read the person as it was.
 */
export async function applyChanges(
  transaction: Transaction<Database>,
  changes: readonly RelationChange[],
  { at, today }: { readonly at: number; readonly today: string },
): Promise<AppliedChanges> {
  const keys = [...new Map(changes.map(({ key }) => [key.personNo, key])).values()];
  const locked = await lockPeople(transaction, keys);
  const known = await readChanges(transaction, keys);
  const ids = new Set(known.map(idOf));
  const fresh = changes.filter(
    (change) => locked.has(change.key.personNo) && !ids.has(idOf(change)),
  );
  const recorded = fresh.map((change): RecordedChange => ({ ...change, recordedAt: at }));
  await insertRows(transaction, insuranceChangeTable, recorded);
  const all = Map.groupBy([...known, ...recorded], ({ key }) => key.personNo);
  const changed = [...new Set(fresh.map(({ key }) => key.personNo))].flatMap((personNo) => {
    const person = locked.get(personNo);
    return person === undefined ? [] : [insuredBy(person, all.get(personNo) ?? [], today)];
  });
  await updatePeople(transaction, changed);
  const unknown = new Set(keys.map(({ personNo }) => personNo).filter((no) => !locked.has(no)));
  return { unknown, added: fresh.length };
}

/** Within a person. */
function idOf({ key, relationNo, file, line }: RelationChange): string {
  return [key.personNo, file.source, relationNo, file.date, file.number, line].join(' ');
}

/** In one order, so that two imports never wait for each other. */
async function lockPeople(
  transaction: Transaction<Database>,
  keys: readonly PersonKey[],
): Promise<Locked> {
  const { rows } = await sql<Parameters<typeof personTable.read>[0]>`select p.* from person p
    join ${keysAs(keys)} on (p.shard, p.person_no) = (k.shard, k.person_no)
    order by p.shard, p.person_no for update of p`.execute(transaction);
  return new Map(rows.map((row) => [row.person_no as PersonNo, personTable.read(row)]));
}

export async function readChanges(
  transaction: Pick<Transaction<Database>, 'getExecutor'>,
  keys: readonly PersonKey[],
): Promise<readonly RecordedChange[]> {
  const { rows } = await sql<Parameters<typeof changeOf>[0]>`select c.* from ${keysAs(keys)}
    join insurance_change c on (c.shard, c.person_no) = (k.shard, k.person_no)
    order by c.recorded_at, c.file_date, c.file_no, c.line`.execute(transaction);
  return rows.map(changeOf);
}

function keysAs(keys: readonly PersonKey[]) {
  return sql`unnest(${keys.map(({ shard }) => shard)}::smallint[],
    ${keys.map(({ personNo }) => personNo)}::text[]) as k (shard, person_no)`;
}

/**
 * The person by these changes. Columns of one who is not insured today stay: lists show the last that was
 * known.
 */
function insuredBy(person: Person, changes: readonly RelationChange[], today: string): Person {
  const spans = insuredSpans(changes);
  const [now] = insuredOn({ ...person, insured: true, insuredSpans: spans }, today);
  return { ...(now ?? person), insured: person.insured, insuredSpans: spans };
}

async function updatePeople(
  transaction: Transaction<Database>,
  people: readonly Person[],
): Promise<void> {
  if (people.length === 0) return;
  const texts = (of: (person: Person) => string) => sql`${people.map(of)}::text[]`;
  await sql`update person p set insured_spans = k.spans::text[], region = k.region, scheme = k.scheme,
      person_type = k.person_type, version = p.version + 1
    from unnest(${people.map(({ key }) => key.shard)}::smallint[], ${texts(({ key }) => key.personNo)},
      ${texts(({ insuredSpans: spans = [] }) => arrayLiteral(spans.map(spanText)))},
      ${texts(({ region }) => region)}, ${texts(({ scheme }) => scheme)},
      ${texts(({ personType }) => personType)})
      as k (shard, person_no, spans, region, scheme, person_type)
    where (p.shard, p.person_no) = (k.shard, k.person_no)`.execute(transaction);
}
