import pg from 'pg';

export type Growth = {
  /** Rows of settlement afterwards. */
  readonly settlements: number;
  /** Cards on the city's invalid list afterwards; none of the crowd's. */
  readonly listedCards: number;
};

type Column = { readonly name: string; readonly type: string };

/** So many different ones are enough, and fit into memory. */
const ORIGINALS_MAX = 5_000;
const ROWS_A_STATEMENT = 100_000;
const CARDS_A_STATEMENT = 1_000_000;
/** Columns that tell one settlement from another. */
const naming = ['id', 'settlement_id', 'request_key'];

/**
 * Makes a database old: copies the settlements that are there, with all their rows, under new names until
 * there are enough. Works on whatever columns the tables have. The copies have no part in anybody's balance,
 * so the ledger's own audit does not hold afterwards.
 * @throws Error when there is no settlement to copy
 */
export async function growTables(url: string, growth: Growth): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    // Copies are lost with the server and need not be safe: only what is measured afterwards must be.
    await client.query('set synchronous_commit = off');
    await copySettlements(client, growth.settlements, 'true');
    await listCards(client, growth.listedCards);
    await client.query('vacuum analyze');
  } finally {
    await client.end();
  }
}

/**
 * Copies the settlements whose bank leg is open, with those legs, until there are so many.
 * @returns how many legs are open now
 */
export async function growOpenBankLegs(url: string, legs: number): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const open = 'id in (select settlement_id from bank_leg where next_attempt_at is not null)';
    await copySettlements(client, legs, open);
    const count = 'select count(*) from bank_leg where next_attempt_at is not null';
    return await countOf(client, count);
  } finally {
    await client.end();
  }
}

async function copySettlements(client: pg.Client, wanted: number, which: string): Promise<void> {
  await client.query(
    `create temp table old_id as select id from settlement where ${which} limit ${ORIGINALS_MAX}`,
  );
  const have = await countOf(client, 'select count(*) from old_id');
  if (have === 0) throw new Error('there is no settlement to copy');
  const there = await countOf(client, `select count(*) from settlement where ${which}`);
  const copies = Math.max(0, Math.ceil((wanted - there) / have));
  const turns = Math.max(1, Math.floor(ROWS_A_STATEMENT / have));
  const tables = await tablesOfSettlements(client);
  const first = await countOf(client, "select nextval('bench_copy')").catch(async () => {
    await client.query('create sequence bench_copy increment by 1000000');
    return countOf(client, "select nextval('bench_copy')");
  });
  for (const table of tables) {
    const key = table === 'settlement' ? 'id' : 'settlement_id';
    const columns = await columnsOf(client, table);
    await client.query(
      `create temp table old_row as select * from ${table} where ${key} in (select id from old_id)`,
    );
    const names = columns.map(({ name }) => name).join(', ');
    const values = columns.map(copyOf).join(', ');
    for (let from = 1; from <= copies; from += turns) {
      await client.query(
        `insert into ${table} (${names}) select ${values}
         from generate_series($1::bigint, $2::bigint) as turn, old_row as t on conflict do nothing`,
        [first + from, first + Math.min(copies, from + turns - 1)],
      );
    }
    await client.query('drop table old_row');
  }
  await client.query('drop table old_id');
}

/** `settlement` and every table whose rows belong to one, settlements first. */
async function tablesOfSettlements(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(
    `select c.table_name as name from information_schema.columns c
     join information_schema.tables t using (table_schema, table_name)
     where c.table_schema = 'public' and c.column_name = 'settlement_id'
       and t.table_type = 'BASE TABLE' order by 1`,
  );
  return ['settlement', ...rows.map(({ name }) => name)];
}

async function columnsOf(client: pg.Client, table: string): Promise<Column[]> {
  const { rows } = await client.query<Column>(
    `select column_name as name, data_type as type from information_schema.columns
     where table_schema = 'public' and table_name = $1 and is_identity = 'NO'
       and is_generated = 'NEVER' order by ordinal_position`,
    [table],
  );
  return rows;
}

/** A column of a copy: the same value, or a new name of the same kind. */
function copyOf({ name, type }: Column): string {
  if (!naming.includes(name)) return `t.${name}`;
  switch (type) {
    case 'uuid':
      return `md5(t.${name}::text || turn)::uuid`;
    case 'bytea':
      return `substr(sha256(t.${name} || turn::text::bytea), 1, length(t.${name}))`;
    case 'bigint':
      return `t.${name} + turn * 1000000000`;
    default:
      return `t.${name} || '-' || turn`;
  }
}

async function listCards(client: pg.Client, count: number): Promise<void> {
  const list = ['city', '441900'];
  await client.query(
    `insert into invalid_list (level, region, version, loaded_at) values ($1, $2, 1, 0)
     on conflict do nothing`,
    list,
  );
  const listed = await countOf(client, 'select count(*) from invalid_list_entry');
  for (let from = listed + 1; from <= count; from += CARDS_A_STATEMENT) {
    await client.query(
      `insert into invalid_list_entry (level, region, card_id, reason)
       select $1, $2, upper(md5('listed' || n)), 'lost'
       from generate_series($3::bigint, $4::bigint) as n on conflict do nothing`,
      [...list, from, Math.min(count, from + CARDS_A_STATEMENT - 1)],
    );
  }
}

async function countOf(client: pg.Client, query: string): Promise<number> {
  const { rows } = await client.query<Record<string, string>>(query);
  return Number(Object.values(rows[0] ?? {})[0]);
}
