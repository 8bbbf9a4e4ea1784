import { query } from '../../integration/engine/store/toy-store.ts';

/** Tables with a row that holds this text, as text or as bytes of it; a partition by its whole table. */
export async function tablesHolding(url: string, text: string): Promise<readonly string[]> {
  const tables = await query(
    url,
    `select relname as name from pg_class
     where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') and not relispartition
     order by 1`,
  );
  const bytes = Buffer.from(text).toString('hex');
  const searches = tables.map(
    ({ name }) => `select '${name}' as name where exists (select from "${name}" t
      where strpos(t::text, '${text}') > 0 or strpos(t::text, '${bytes}') > 0)`,
  );
  const rows = await query(url, `${searches.join(' union all ')} order by 1`);
  return rows.map(({ name }) => String(name));
}
