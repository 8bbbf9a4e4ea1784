import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import type { PersonKey } from '../../base/ids/ids.ts';
import type { Principal } from '../../domain/principal/principal.ts';
import { WHOLE_COUNTRY } from '../../domain/principal/principal.ts';
import type { RecordedRelationChange } from '../../ports/insurance.ts';
import type { AccountRecord, PersonRecords } from '../../ports/persons.ts';
import type { OfficeRefusal } from '../operator/office.ts';
import type { ActDeps } from '../principal/act.ts';
import { readAs } from '../principal/act.ts';

export type PersonDesk = ActDeps & { readonly persons: PersonRecords };

/** Credits and payments that are given at a time. */
const MOVES_MAX = 200;

/** The insurance relations of a person with their history (参保关系), for an officer of the insured region. */
export async function readRelations(
  desk: PersonDesk,
  by: Principal,
  key: PersonKey,
): Promise<Result<readonly RecordedRelationChange[], OfficeRefusal>> {
  const read = await readOf(desk, by, key, () => desk.persons.changesOf(key));
  if (!read.ok) return read;
  return read.value.isKnown ? ok(read.value.found) : fail({ code: 'PERSON_UNKNOWN' });
}

/** The medical personal account of a person and what moved it last. */
export async function readAccount(
  desk: PersonDesk,
  by: Principal,
  key: PersonKey,
): Promise<Result<AccountRecord, OfficeRefusal>> {
  const read = await readOf(desk, by, key, () => desk.persons.accountOf(key, MOVES_MAX));
  if (!read.ok) return read;
  const { found } = read.value;
  return found === undefined ? fail({ code: 'PERSON_UNKNOWN' }) : ok(found);
}

/**
 * Reads under the region where the person is insured. Somebody who is not on record is of no region:
 * whoever may not read the whole country gets the same refusal as for a person elsewhere.
 */
async function readOf<T>(
  desk: PersonDesk,
  by: Principal,
  key: PersonKey,
  read: () => Promise<T>,
): Promise<Result<{ readonly isKnown: boolean; readonly found: T }, OfficeRefusal>> {
  const region = await desk.persons.regionOf(key);
  const scope = { regions: [region ?? WHOLE_COUNTRY], personNo: key.personNo };
  const found = await readAs(desk, { by, action: 'person.read', scope }, read);
  return found.ok ? ok({ isKnown: region !== undefined, found: found.value }) : found;
}
