import { readFileSync } from 'node:fs';
import pg from 'pg';
import type { PeerWorld } from './plain-request.ts';

/**
 * pgledger (github.com/pgr0ss/pgledger) is a double-entry ledger in SQL. Whoever runs the benchmark passes
 * its
 * files, which are used unchanged: first the ULID functions (vendor/scoville-pgsql-ulid), then pgledger.sql.
 * Amounts are passed as text, because versions differ in their type for money.
 */

/** A settlement: the fund, the person and the patient's cash each pay the merchant, in one call. */
const settlementFunction = `create function bench_settlement(p integer, m integer, f integer) returns void
language plpgsql as $$
declare
  person text := (select id from bench_account where kind = 'person' and n = p);
  merchant text := (select id from bench_account where kind = 'merchant' and n = m);
  fund text := (select id from bench_account where kind = 'fund' and n = f);
  cash text := (select id from bench_account where kind = 'cash' and n = m);
begin
  perform pgledger_create_transfers((fund, merchant, '80.00')::transfer_request,
    (person, merchant, '50.00')::transfer_request, (cash, merchant, '2.00')::transfer_request);
end
$$`;

export function pgledgerScript({ people, merchants, funds }: PeerWorld): string {
  return `\\set p random(1, ${people})
\\set m random(1, ${merchants})
\\set f random(1, ${funds})
select bench_settlement(:p, :m, :f);
`;
}

/** Loads the files and opens as many accounts as the other peers have. */
export async function fillPgledger(
  url: string,
  files: readonly string[],
  { people, merchants, funds }: PeerWorld,
): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('create extension if not exists pgcrypto');
    for (const file of files) await client.query(readFileSync(file, 'utf8'));
    await client.query(
      'create table bench_account (kind text, n integer, id text not null, primary key (kind, n))',
    );
    const kinds = [
      ['person', people],
      ['merchant', merchants],
      ['fund', funds],
      ['cash', merchants],
    ] as const;
    for (const [kind, count] of kinds) {
      await client.query(
        `insert into bench_account select $1, n, a.id
         from generate_series(1, $2::integer) as n,
           lateral pgledger_create_account($1 || n, 'CNY') as a`,
        [kind, count],
      );
    }
    await client.query(settlementFunction);
    await client.query('analyze');
  } finally {
    await client.end();
  }
}
