import type pg from 'pg';

/** A table that gets rows with every settlement, and how its columns are copied. */
export type FilledTable = { readonly name: string; readonly columns: readonly Column[] };

export type Column = {
  readonly name: string;
  readonly type: string;
  /** Part of a primary key, or called like a table of which copies are made too. */
  readonly isKey: boolean;
};

/** How one copy of all originals differs from them. */
export type Age = {
  /** Number of the copy, from 1; never used twice. */
  readonly turn: number;
  /** How much earlier the times of the copy are, ms. */
  readonly shiftMs: number;
  /**
   * How much earlier than `moment` the times inside its identifiers are, ms; copies differ by two seconds.
   */
  readonly idShiftMs: number;
  /** A moment of the originals, ms. */
  readonly moment: number;
};

/** Columns that name what exists without the settlement: copies keep their values. */
const lastingNames = ['card_id', 'terminal_id', 'bank_terminal_id', 'bank_merchant_id', 'pack_id'];
const DAY_MS = 86_400_000;
/**
 * Numeric identifiers have a time in their upper bits; values of a sequence merely become smaller.
 */
const BITS_BELOW_MOMENT = 22n;

/**
 * Lists `settlement`, every table with a settlement_id, and every table partitioned by month (rows are
 * inserted
 * through the parent). It reads the catalogue, so a new table or column needs no change here.
 * @param schema of the tables, or of their originals (old_…), of which only the columns still there are
 * told
 */
export async function readFilledTables(
  client: pg.Client,
  schema: 'public' | 'bench_copy',
): Promise<FilledTable[]> {
  const { rows } = await client.query<{ table: string } & Column>(
    `select c.relname as "table", a.attname as name, format_type(a.atttypid, null) as type,
       coalesce(a.attnum = any (i.indkey), false) or exists (select from pg_class named
         where named.relname = a.attname and named.relnamespace = c.relnamespace
           and named.relkind in ('r', 'p') and ($1 = 'public'
             or to_regclass('bench_copy.old_' || named.relname) is not null)) as "isKey"
     from pg_class c
     join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
       and a.attgenerated = ''
     left join pg_index i on i.indrelid = c.oid and i.indisprimary
     where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       and (c.relkind = 'p' or c.relname = 'settlement' or exists (select from pg_attribute s
         where s.attrelid = c.oid and s.attname = 'settlement_id' and not s.attisdropped))
       and ($1 = 'public' or exists (select from pg_attribute o
         where o.attrelid = to_regclass('bench_copy.old_' || c.relname) and o.attname = a.attname
           and not o.attisdropped))
     order by c.relname <> 'settlement', c.relname, a.attnum`,
    [schema],
  );
  const tables = Map.groupBy(rows, ({ table }) => table);
  return [...tables].map(([name, columns]) => ({ name, columns }));
}

/** Copies all originals of a table, as {@link Age} says. */
export function copyStatement({ name, columns }: FilledTable, age: Age): string {
  const names = columns.map((column) => column.name).join(', ');
  const values = columns.map((column) => copiedValue(column, name, age)).join(', ');
  return `insert into ${name} (${names}) overriding system value
    select ${values} from bench_copy.old_${name} as t`;
}

/** A column of a copy: the same value, an earlier time, or a new name of the same kind and length. */
function copiedValue(column: Column, table: string, age: Age): string {
  const { name, type } = column;
  const value = `t.${name}`;
  if (type === 'bigint' && /(^|_)at$/.test(name)) return `${value} - ${age.shiftMs}`;
  if (name === 'business_date') {
    return `(${value}::date - ${Math.floor(age.shiftMs / DAY_MS)})::text`;
  }
  if (!isName(column)) return value;
  if (name === 'settlement_id' || (table === 'settlement' && name === 'id')) {
    return `left(${value}, 2) || '${timeOfId(age.moment - age.idShiftMs)}' || substr(${value}, 11)`;
  }
  switch (type) {
    case 'uuid':
      return `md5(${value}::text || ${age.turn})::uuid`;
    case 'bytea':
      return `substr(sha256(${value} || '${age.turn}'::bytea), 1, length(${value}))`;
    case 'bigint':
      return `${value} - ${BigInt(age.idShiftMs) << BITS_BELOW_MOMENT}`;
    default:
      return `rpad(md5(${value} || ${age.turn}), length(${value}), '0')`;
  }
}

/** Does the column identify a settlement, request or batch? */
function isName({ name, type, isKey }: Column): boolean {
  if (lastingNames.includes(name)) return false;
  if (name === 'id' || /_(id|key)$/.test(name)) return true;
  return isKey && ['uuid', 'bytea', 'bigint'].includes(type);
}

const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * The first eight of the ten digits that a settlement id begins with after its shard; the last tell 1,024
 * ms.
 */
function timeOfId(ms: number): string {
  let rest = Math.floor(ms / 1024);
  let digits = '';
  for (let i = 0; i < 8; i += 1) {
    digits = CROCKFORD.charAt(rest % 32) + digits;
    rest = Math.floor(rest / 32);
  }
  return digits;
}
