import { invariant } from '../../base/errors/result.ts';
import { isReferenceTable } from '../tables/reference-tables.ts';
import type { WrittenColumn, WrittenTable } from '../tables/table.ts';

/**
 * What a part of the statement does with its rows. `guard`: changes people whose version is the one
 * that was read, and whose balance moves by exactly their entries. `rows`: only makes them
 * readable.
 */
export type Action = 'guard' | 'insert' | 'update' | 'upsert' | 'rows';

/** Enough of a part to write its SQL: the rows come later, as parameters. */
export type PartShape = {
  readonly name: string;
  readonly action: Action;
  readonly table: WrittenTable<never>;
};

/** Columns of a part in the order of its parameters. */
export function columnsOf<Row>(
  action: Action,
  { key, fixed, changing }: WrittenTable<Row>,
): readonly WrittenColumn<Row>[] {
  return action === 'update' || action === 'upsert'
    ? [...key, ...changing]
    : [...key, ...fixed, ...changing];
}

/**
 * One statement that writes all parts, or fails whole. Each part takes arrays of equal length, one
 * per column. In this order: people are guarded, rows are written, the statement checks itself, and
 * the shared accounts, which every batch wants, are changed last and in order.
 */
export function writeStatement(parts: readonly PartShape[]): string {
  let parameters = 0;
  const inputs: string[] = [];
  const actions: string[] = [];
  // Parts that only insert have nothing to check.
  const asserts: string[] = ['true'];
  const hasPostings = parts.some(({ name }) => name === 'posting');
  for (const part of parts) {
    assertOfShard(part);
    const columns = columnsOf(part.action, part.table);
    const first = parameters + 1;
    const arrays = columns.map(({ type }) => `$${++parameters}::${type}[]`).join(', ');
    const names = columns.map(({ name }) => name).join(', ');
    inputs.push(`${part.name}_in as (select * from unnest(${arrays}) as k (${names}))`);
    const isCounted = part.action === 'guard' || part.action === 'update';
    if (part.action !== 'rows') {
      actions.push(`${part.name} as (${writeRows(part)}${isCounted ? ' returning 1' : ''})`);
    }
    if (isCounted || part.action === 'rows') {
      asserts.push(assertPart(part, `cardinality($${first}::${columns[0]?.type}[])`));
    }
  }
  if (hasPostings) {
    inputs.push(entries);
    asserts.splice(2, 0, balanced);
  }
  const checked = `checked as materialized (select ${asserts.join('\n    and ')} as ok)`;
  return `with ${[...inputs, ...actions, checked].join(',\n')}\n${hasPostings ? moveSharedAccounts : 'select ok from checked'}`;
}

/**
 * What one command writes carries one shard, so that its rows can stand in one of several databases. A part
 * of `rows` writes nothing: it may join a reference table.
 */
function assertOfShard({ action, table: { table, key } }: PartShape): void {
  const isOfShard = key[0]?.name === 'shard' && !isReferenceTable(table);
  invariant(action === 'rows' || isOfShard, `${table} is not written by batches`);
}

/** The postings' entries one by one, for the checks and the shared accounts. */
const entries = `entry_in as materialized (select k.shard, k.person_no, k.settlement_id, k.posting_no,
      e.account, e.amount
    from posting_in as k
    cross join lateral unnest(k.accounts::text[], k.amounts::bigint[]) as e (account, amount))`;

/** No joins here: an aggregate stays fast however large the batch. */
const balanced = `yikatong_assert(not exists (select from (
        select shard, person_no, moved from person_in
        union all
        select shard, person_no, -amount from entry_in where account = 'person') as m
      group by shard, person_no having sum(moved) <> 0),
      'YK002', 'a balance does not move by its entries')
    and yikatong_assert(not exists (select from entry_in
      group by shard, settlement_id, posting_no having sum(amount) <> 0),
      'YK002', 'entries of a posting do not sum to zero')`;

const moveSharedAccounts = `insert into shared_account as t (shard, account, balance, entries)
select shard, account, sum(amount), count(*) from entry_in
where account <> 'person' and (select ok from checked)
group by shard, account order by shard, account
on conflict (shard, account) do update
set balance = t.balance + excluded.balance, entries = t.entries + excluded.entries`;

/** An insert is not counted: it writes all its rows or fails by itself, for no table here has triggers. */
function assertPart({ name, action, table }: PartShape, count: string): string {
  if (action !== 'rows') {
    return `yikatong_assert((select count(*) from ${name}) = ${count}, 'YK001', '${name}')`;
  }
  const key = table.key.map((column) => column.name).join(', ');
  return `yikatong_assert((select count(*) from ${name}_in join ${table.table} using (${key}))
      = ${count}, 'YK002', 'a state does not follow from the one before')`;
}

function writeRows({ name, action, table: written }: PartShape): string {
  const { table, key, changing } = written;
  const columns = columnsOf(action, written);
  const own = key
    .map((column) => `t.${column.equals ?? column.name} = k.${column.name}`)
    .join(' and ');
  const sets = changing.map((column) => `${column.name} = ${valueSql(column)}`).join(', ');
  if (action === 'guard') {
    return `update ${table} as t set ${sets}, version = t.version + 1 from ${name}_in as k
    where ${own} and t.version = k.version and t.account_balance + k.moved = k.account_balance`;
  }
  if (action === 'update')
    return `update ${table} as t set ${sets} from ${name}_in as k where ${own}`;
  const names = columns.map((column) => column.name).join(', ');
  const insert = `insert into ${table} (${names}) select ${columns.map(valueSql).join(', ')}
    from ${name}_in as k`;
  if (action === 'insert') return insert;
  const renewed = changing.map((column) => `${column.name} = excluded.${column.name}`);
  const keyNames = key.map((column) => column.name).join(', ');
  return `${insert} on conflict (${keyNames}) do update set ${renewed.join(', ')}`;
}

function valueSql(column: WrittenColumn<never>): string {
  return column.as ? `k.${column.name}::${column.as}` : `k.${column.name}`;
}
