import { type Kysely, sql } from 'kysely';
import type { PersonId } from '../../domain/person/person.ts';
import type { PersonalData } from '../../ports/personal-data.ts';
import type { Database } from '../tables/schema.ts';

/** Who has each of these ID numbers, in their order; undefined: nobody. */
export async function findIdOwners(
  database: Kysely<Database>,
  personalData: PersonalData,
  ids: readonly PersonId[],
): Promise<readonly (string | undefined)[]> {
  if (ids.length === 0) return [];
  const hashes = ids.map(({ number }) => personalData.keyedHash('id-number', number));
  const { rows } = await sql<{ person_no: string; id_type: string; id_number_hash: string }>`
    select person_no, id_type, id_number_hash from person
    where id_number_hash = any (${hashes}::text[])`.execute(database);
  const owners = new Map(
    rows.map((row) => [`${row.id_type} ${row.id_number_hash}`, row.person_no]),
  );
  return ids.map(({ type }, i) => owners.get(`${type} ${hashes[i]}`));
}
