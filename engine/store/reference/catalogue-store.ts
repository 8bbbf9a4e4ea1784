import type { Kysely, Transaction } from 'kysely';
import { sql } from 'kysely';
import { invariant } from '../../base/errors/result.ts';
import type {
  CatalogueHeader,
  CatalogueStore,
  ItemRows,
  NewCatalogue,
} from '../../ports/reference-data.ts';
import { arrayLiteral } from '../batch/array-literal.ts';
import { orUnavailable } from '../connection/database-errors.ts';
import type { Database } from '../tables/schema.ts';
import { fromExactJson, toExactJson } from './exact-json.ts';
import { inTransaction } from './in-transaction.ts';
import { raiseRevision } from './policy-store.ts';

/** Rows of one statement: soon done, so that neither limits of time nor other work are in its way. */
const rowsMax = 5_000;

/** How many items a version has that is being thrown away: so many can never be there. */
const SPOILT = -1;

/** The catalogues that were imported into this database. */
export function createCatalogueStore(database: Kysely<Database>): CatalogueStore {
  return {
    async listActive() {
      const query = database.selectFrom('active_catalogue').selectAll();
      const rows = await orUnavailable(query.orderBy('region').orderBy('effective_from').execute());
      return rows.map(({ region, effective_from, version }) => ({
        region,
        effectiveFrom: effective_from,
        version,
      }));
    },
    async readHeader(version) {
      const query = database
        .selectFrom('catalogue')
        .select(['header', 'items'])
        .where('version', '=', version);
      const row = await orUnavailable(query.executeTakeFirst());
      return row && { header: fromExactJson<CatalogueHeader>(row.header), items: row.items };
    },
    async readItems(version, after, limit) {
      const query = database
        .selectFrom('catalogue_item')
        .select('content')
        .where('version', '=', version)
        .where('code', '>', after)
        .orderBy('code')
        .limit(limit);
      const rows = await orUnavailable(query.execute());
      return rows.map(({ content }) => fromExactJson<ItemRows>(content));
    },
    beginImport: (about) => orUnavailable(beginImport(database, about)),
    addItems: (version, items) => orUnavailable(addItems(database, version, items)),
    activate: (version, at) =>
      inTransaction(database, (transaction) => activate(transaction, version, at)),
  };
}

async function beginImport(database: Kysely<Database>, about: NewCatalogue): Promise<bigint> {
  const { region, header, items, digest, importedAt } = about;
  await forgetBrokenOff(database, region);
  const { version } = await database
    .insertInto('catalogue')
    .values({
      region,
      effective_from: header.effectiveFrom,
      header: toExactJson(header),
      items,
      digest,
      imported_at: BigInt(importedAt),
    })
    .returning('version')
    .executeTakeFirstOrThrow();
  return version;
}

/** Versions that are not switched on: replaced ones, and what broken-off imports left. */
async function forgetBrokenOff(database: Kysely<Database>, region: string): Promise<void> {
  const rows = await inTransaction(database, (transaction) => spoil(transaction, region));
  for (const { version } of rows) {
    let codes: bigint;
    do {
      const { numDeletedRows } = await database
        .deleteFrom('catalogue_item')
        .where('version', '=', version)
        .where('code', 'in', (rest) =>
          rest
            .selectFrom('catalogue_item')
            .select('code')
            .where('version', '=', version)
            .orderBy('code')
            .limit(rowsMax),
        )
        .executeTakeFirstOrThrow();
      codes = numDeletedRows;
    } while (codes > 0n);
    await database.deleteFrom('catalogue').where('version', '=', version).execute();
  }
}

/** Makes sure that an import which is still under way elsewhere is never switched on: it must start anew. */
async function spoil(transaction: Transaction<Database>, region: string) {
  // Whoever switches a version on holds this row: what is active now stays what is active.
  await transaction
    .selectFrom('reference_revision')
    .select('revision')
    .where('name', '=', 'catalogue')
    .forUpdate()
    .executeTakeFirstOrThrow();
  return transaction
    .updateTable('catalogue')
    .set({ items: SPOILT })
    .where('region', '=', region)
    .where('version', 'not in', (active) => active.selectFrom('active_catalogue').select('version'))
    .returning('version')
    .execute();
}

async function addItems(
  database: Kysely<Database>,
  version: bigint,
  items: readonly ItemRows[],
): Promise<void> {
  for (let start = 0; start < items.length; start += rowsMax) {
    const part = items.slice(start, start + rowsMax);
    const codes = arrayLiteral(part.map(([row]) => row?.code));
    const contents = arrayLiteral(part.map((rows) => JSON.stringify(toExactJson(rows))));
    await sql`insert into catalogue_item (version, code, content)
      select ${version}::bigint, k.code, k.content::jsonb
      from unnest(${codes}::text[], ${contents}::text[]) as k (code, content)`.execute(database);
  }
}

async function activate(
  transaction: Transaction<Database>,
  version: bigint,
  at: number,
): Promise<void> {
  await raiseRevision(transaction, 'catalogue');
  const { region, effective_from, items } = await transaction
    .selectFrom('catalogue')
    .select(['region', 'effective_from', 'items'])
    .where('version', '=', version)
    .executeTakeFirstOrThrow();
  const { stored } = await transaction
    .selectFrom('catalogue_item')
    .select(({ fn }) => fn.countAll<bigint>().as('stored'))
    .where('version', '=', version)
    .executeTakeFirstOrThrow();
  invariant(items !== SPOILT, 'another import of the region was begun meanwhile');
  invariant(stored === BigInt(items), `the version has ${stored} of ${items} items`);
  await transaction
    .insertInto('active_catalogue')
    .values({ region, effective_from, version, activated_at: BigInt(at) })
    .onConflict((conflict) =>
      conflict
        .columns(['region', 'effective_from'])
        .doUpdateSet({ version, activated_at: BigInt(at) }),
    )
    .execute();
}
