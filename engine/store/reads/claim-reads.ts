import type { Kysely } from 'kysely';
import type { ClaimReads } from '../../ports/claims.ts';
import { orUnavailable } from '../connection/database-errors.ts';
import { claimTable } from '../tables/claim.ts';
import type { Database } from '../tables/schema.ts';

/** Reads of claims over all shards. They reject with StoreUnavailable while the database is away. */
export function createClaimReads(database: Kysely<Database>): ClaimReads {
  return {
    async listOpenClaims(region, limit) {
      const query = database
        .selectFrom('claim')
        .selectAll()
        .whereRef('owed', '<>', 'paid')
        .$if(region !== undefined, (all) => all.where('region', '=', region ?? ''))
        .orderBy('changed_at')
        .limit(limit);
      return (await orUnavailable(query.execute())).map(claimTable.read);
    },
  };
}
