/** Writes a database's rows as SQL, for a database that has the same migrations. */
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const pg = createRequire(join(resolve(process.argv[2] ?? '.'), 'package.json'))('pg');

/** Makes an empty database with the cluster's migrations. */
export async function openDump({ url, template }, name) {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  await admin.query(`create database ${name} template ${template}`);
  await admin.end();
  const kept = Object.assign(new URL(url), { pathname: `/${name}` }).href;
  const client = new pg.Client({ connectionString: kept });
  await client.connect();
  const query = async (text) => (await client.query(text)).rows;
  return { url: kept, query, write: () => writeDump(client, query), close: () => client.end() };
}

async function writeDump(client, query) {
  const tables = await query(`select c.relname as name, i.inhrelid is null as is_alone
    from pg_class c left join pg_inherits i on i.inhrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by 1`);
  const months = tables.filter(({ name }) => /_\d{4}_\d\d$/.test(name));
  const first = months
    .map(({ name }) => name.slice(-7))
    .sort()[0]
    .replace('_', '-');
  const parts = [
    'set session_replication_role = replica;',
    `select yikatong_add_months(yikatong_month_start_ms('${first}-01'), ${months.length / 3});`,
  ];
  for (const { name } of tables) parts.push(`delete from ${name};`);
  for (const { name } of tables) parts.push(...(await rowsOf(client, name)));
  for (const { name, is_alone: isAlone } of months) {
    if (isAlone) parts.push(`alter table ${name.slice(0, -8)} detach partition ${name};`);
  }
  const sequences = await query(`select sequencename as name, last_value as last
    from pg_sequences where last_value is not null order by 1`);
  for (const { name, last } of sequences) parts.push(`select setval('${name}', ${last});`);
  return `${parts.join('\n')}\nset session_replication_role = default;\n`;
}

async function rowsOf(client, table) {
  const { rows: columns } = await client.query(
    `select attname as name from pg_attribute
     where attrelid = $1::regclass and attnum > 0 and not attisdropped order by attnum`,
    [table],
  );
  const names = columns.map(({ name }) => name).join(', ');
  const texts = columns.map(({ name }) => `${name}::text`).join(', ');
  const text = `select ${texts} from ${table} order by ${columns.map((_, i) => i + 1)}`;
  const { rows } = await client.query({ text, rowMode: 'array' });
  if (rows.length === 0) return [];
  const literal = (value) => (value === null ? 'null' : client.escapeLiteral(value));
  const values = rows.map((row) => `(${row.map(literal).join(', ')})`).join(',\n');
  return [`insert into ${table} (${names}) overriding system value values\n${values};`];
}
