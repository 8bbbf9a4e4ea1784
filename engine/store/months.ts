import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { Months } from '../ports/months.ts';
import { orUnavailable } from './database-errors.ts';
import type { Database } from './schema.ts';

/** The month that is, and how many after it are made ahead. */
const monthsAhead = 3;

/** The monthly partitions of postings and requests. Taking one away is for the tables' owner. */
export function createMonths(database: Kysely<Database>): Months {
  return {
    async addMonths(at) {
      const query = sql<{
        made: number;
      }>`select yikatong_add_months(${at}, ${monthsAhead}) as made`;
      const { rows } = await orUnavailable(query.execute(database));
      return rows[0]?.made ?? 0;
    },
    async listMonths() {
      const query = sql<{ month: string; bytes: bigint }>`
        select right(inhrelid::regclass::text, 7) as month,
          sum(pg_total_relation_size(inhrelid))::bigint as bytes
        from pg_inherits
        where inhparent in ('posting'::regclass, 'request'::regclass)
          and inhrelid not in ('posting_default'::regclass, 'request_default'::regclass)
        group by month order by month desc`;
      const { rows } = await orUnavailable(query.execute(database));
      return rows.map(({ month, bytes }) => ({ month, bytes: Number(bytes) }));
    },
    async detachMonth(month) {
      await orUnavailable(sql`select yikatong_detach_month(${month})`.execute(database));
    },
  };
}
