/** Composition of what officers read of persons over HTTP. */
import type { PersonRecords } from '../ports/persons.ts';
import { openDatabase } from '../store/connection/database.ts';
import { defaultStoreLimits } from '../store/create-store.ts';
import { createPersonRecords } from '../store/person/person-records.ts';

/**
 * Opens them over a pool of their own: long lists wait for each other and for no settlement.
 * @param stops receives what closes the pool
 */
export function openPersons(url: string, stops: (() => Promise<void>)[]): PersonRecords {
  const database = openDatabase(url, defaultStoreLimits);
  stops.push(() => database.destroy());
  return createPersonRecords(database);
}
