import type pg from 'pg';
import type { Placement } from './citus-placement.ts';
import type { Tree, TreeNode } from './node-tree.ts';
import { isNode, nodeAt, nodesOf, numberAt, readNodeTree, walkTree, wordAt } from './node-tree.ts';
import { createSameValues } from './same-values.ts';

/**
 * Holds statements to what Citus takes. PostgreSQL itself parses them (as the body of a function, which it
 * keeps as a parse tree), so that names, views, stars and USING mean what they mean to the server.
 */
export type StatementChecker = {
  /** What Citus would refuse of a statement; none: it is as it should be. */
  check(text: string): Promise<readonly string[]>;
  /** The tables and views that a statement names. */
  tablesOf(text: string): Promise<readonly string[]>;
};

type Table = { readonly name: string; readonly placement: Placement | undefined };

type Catalog = {
  /** By oid; a month is its table. */
  readonly tables: ReadonlyMap<string, Table>;
  readonly views: ReadonlyMap<string, TreeNode>;
  /** Oids of the functions behind "=". */
  readonly equals: ReadonlySet<string>;
  /** Number of a column, by "oid.name". */
  readonly columns: ReadonlyMap<string, number>;
};

export async function openStatementChecker(
  client: pg.Client,
  placements: readonly Placement[],
): Promise<StatementChecker> {
  const catalog = await readCatalog(client, placements);
  return {
    async check(text) {
      const queries = await parse(client, text);
      return [...new Set(queries.flatMap((query) => checkUnit(query, catalog)))];
    },
    async tablesOf(text) {
      const relations = [...walkTree(await parse(client, text))].flatMap(([node]) => {
        const oid = node.type === 'RANGETBLENTRY' ? wordAt(node, 'relid') : undefined;
        return catalog.tables.get(oid ?? '')?.name ?? [];
      });
      return [...new Set(relations)];
    },
  };
}

async function readCatalog(client: pg.Client, placements: readonly Placement[]): Promise<Catalog> {
  const read = async <Row extends pg.QueryResultRow>(text: string) =>
    (await client.query<Row>(text)).rows;
  const relations = await read<{ oid: string; name: string }>(`
    select c.oid::text, coalesce(pg_partition_root(c.oid), c.oid)::regclass::text as name
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v')`);
  const views = await read<{ oid: string; tree: string }>(`
    select r.ev_class::text as oid, r.ev_action::text as tree
    from pg_rewrite r join pg_class c on c.oid = r.ev_class
    where c.relnamespace = 'public'::regnamespace and c.relkind = 'v'`);
  const equals = await read<{ oid: string }>(`
    select oprcode::oid::text as oid from pg_operator where oprname = '=' and oprcanhash`);
  const columns = await read<{ name: string; attnum: number }>(`
    select attrelid::text || '.' || attname as name, attnum from pg_attribute where attnum > 0`);
  const placementOf = new Map(placements.map((placement) => [placement.table, placement]));
  return {
    tables: new Map(
      relations.map(({ oid, name }) => [oid, { name, placement: placementOf.get(name) }]),
    ),
    views: new Map(
      views.flatMap(({ oid, tree }) => nodesOf(readNodeTree(tree)).map((node) => [oid, node])),
    ),
    equals: new Set(equals.map(({ oid }) => oid)),
    columns: new Map(columns.map(({ name, attnum }) => [name, attnum])),
  };
}

/** The trees of a statement; none for what is no query. */
async function parse(client: pg.Client, statement: string): Promise<readonly TreeNode[]> {
  const text = statement.replace(/^\s*declare [\s\w]+? cursor( with hold)? for/i, '');
  if (!/^\s*(with|select|insert|update|delete)\b/i.test(text)) return [];
  await client.query('begin');
  try {
    await client.query(`prepare asked as ${text}`);
    const types = await client.query<{ types: string }>(
      `select array_to_string(parameter_types::text[], ', ') as types from pg_prepared_statements
       where name = 'asked'`,
    );
    await client.query(`create function citus_asked(${types.rows[0]?.types}) returns void
      begin atomic ${text}; end`);
    const body = await client.query<{ tree: string }>(
      `select prosqlbody::text as tree from pg_proc where proname = 'citus_asked'`,
    );
    return nodesOf(readNodeTree(body.rows[0]?.tree ?? ''));
  } finally {
    await client.query('rollback');
    await client.query('deallocate all');
  }
}

type Scope = {
  readonly id: number;
  readonly query: TreeNode;
  readonly parent: Scope | undefined;
  readonly entries: readonly TreeNode[];
};

/** A distributed table in a query; `key` is the place of its distribution column. */
type Met = { readonly name: string; readonly column: string; readonly key: string };

/** One query that Citus plans as one: a statement, or a CTE of it, which other parts see as mere rows. */
function checkUnit(query: TreeNode, catalog: Catalog): readonly string[] {
  const problems: string[] = [];
  const same = createSameValues();
  const locked: Met[] = [];
  let scopes = 0;

  function walk(node: TreeNode, parent: Scope | undefined): readonly Met[] {
    const entries = nodesOf(node.fields.get('rtable'));
    const scope: Scope = { id: scopes++, query: node, parent, entries };
    for (const cte of nodesOf(node.fields.get('cteList'))) {
      problems.push(
        ...nodesOf(cte.fields.get('ctequery')).flatMap((own) => checkUnit(own, catalog)),
      );
    }
    const met = entriesInUse(node).flatMap((place) => meet(scope, place));
    for (const [index, entry] of entries.entries()) joinNames(scope, index + 1, entry);
    for (const [a, b] of equalitiesOf(node.fields.get('jointree'), catalog)) {
      same.join(placeOf(scope, a), placeOf(scope, b));
    }
    for (const mark of nodesOf(node.fields.get('rowMarks'))) {
      const table = tableAt(entries[numberAt(mark, 'rti') - 1], scope, numberAt(mark, 'rti'));
      if (table) locked.push(table);
    }
    problems.push(...movesOf(node, catalog));
    return [...met, ...sublinksOf(node).flatMap((inner) => walk(inner, scope))];
  }

  function meet(scope: Scope, place: number): readonly Met[] {
    const entry = scope.entries[place - 1];
    const inner = entry && (nodeAt(entry, 'subquery') ?? catalog.views.get(relationOf(entry)));
    if (!inner) {
      const table = tableAt(entry, scope, place);
      return table ? [table] : [];
    }
    const from = scopes;
    const met = walk(inner, scope);
    const child: Scope = {
      id: from,
      query: inner,
      parent: scope,
      entries: nodesOf(inner.fields.get('rtable')),
    };
    joinOutputs(scope, place, child);
    if (met.length > 0 && isLimited(inner) && refersToRows(inner, scope, catalog)) {
      problems.push('limits a subquery that refers to rows which every node has');
    }
    return met;
  }

  function tableAt(entry: TreeNode | undefined, scope: Scope, place: number): Met | undefined {
    const oid = entry ? relationOf(entry) : '';
    const table = catalog.tables.get(oid);
    const column = table?.placement?.column;
    if (table === undefined || column === undefined) return undefined;
    const number = catalog.columns.get(`${oid}.${column}`);
    return { name: table.name, column, key: `${scope.id}.${place}.${number}` };
  }

  function joinOutputs(scope: Scope, place: number, child: Scope): void {
    for (const leaf of leavesOf(nodeAt(child.query, 'setOperations'))) {
      for (const target of nodesOf(child.query.fields.get('targetList'))) {
        const no = numberAt(target, 'resno');
        same.join(`${scope.id}.${place}.${no}`, `${child.id}.${leaf}.${no}`);
      }
    }
    for (const target of nodesOf(child.query.fields.get('targetList'))) {
      const own = nodeAt(target, 'expr');
      if (own?.type !== 'VAR') continue;
      same.join(`${scope.id}.${place}.${numberAt(target, 'resno')}`, placeOf(child, own));
    }
  }

  /** Columns of a join and of GROUP BY are other names of columns. */
  function joinNames(scope: Scope, place: number, entry: TreeNode): void {
    const others = entry.fields.get('joinaliasvars') ?? entry.fields.get('groupexprs');
    for (const [index, other] of nodesOf(others).entries()) {
      if (other.type === 'VAR') {
        same.join(`${scope.id}.${place}.${index + 1}`, placeOf(scope, other));
      }
    }
  }

  const met = walk(query, undefined);
  const groups = new Set(met.map(({ key }) => same.of(key)));
  if (groups.size > 1) {
    const names = [...new Set(met.map(({ name }) => name))].sort();
    problems.push(`joins ${names.join(', ')} without their distribution column`);
  }
  for (const { name, key } of locked) {
    if (!same.isPinned(key)) problems.push(`locks rows of ${name} in several shards`);
  }
  return problems;
}

function relationOf(entry: TreeNode): string {
  return wordAt(entry, 'rtekind') === '0' ? (wordAt(entry, 'relid') ?? '') : '';
}

/** Numbers of the tables that a query reads, changes or deletes from; what it inserts into is no part of it. */
function entriesInUse(query: TreeNode): readonly number[] {
  const isOutside = (node: TreeNode) => node.type !== 'QUERY' && node.type !== 'SUBLINK';
  const from = [query.fields.get('jointree'), query.fields.get('setOperations')];
  const places = from.flatMap((tree) =>
    [...walkTree(tree, isOutside)].flatMap(([node]) =>
      node.type === 'RANGETBLREF' ? [numberAt(node, 'rtindex')] : [],
    ),
  );
  return [...new Set(places)];
}

function leavesOf(operation: TreeNode | undefined): readonly number[] {
  return [...walkTree(operation)].flatMap(([node]) =>
    node.type === 'RANGETBLREF' ? [numberAt(node, 'rtindex')] : [],
  );
}

function sublinksOf(query: TreeNode): readonly TreeNode[] {
  const expressions = ['targetList', 'jointree', 'havingQual', 'returningList', 'onConflict'];
  const isOutside = (node: TreeNode) => node.type !== 'SUBLINK' && node.type !== 'QUERY';
  return expressions.flatMap((field) =>
    [...walkTree(query.fields.get(field), isOutside)].flatMap(([node]) =>
      node.type === 'SUBLINK' ? nodesOf(node.fields.get('subselect')) : [],
    ),
  );
}

/** Pairs that every row of the query has equal: of WHERE and ON, as far as they are joined by AND. */
function equalitiesOf(tree: Tree, catalog: Catalog): readonly (readonly [TreeNode, TreeNode])[] {
  return nodesOf(tree).flatMap((node) => {
    if (node.type === 'FROMEXPR' || node.type === 'JOINEXPR') {
      const inside = ['fromlist', 'larg', 'rarg', 'quals'].map((name) => node.fields.get(name));
      return inside.flatMap((part) => equalitiesOf(part, catalog));
    }
    if (node.type === 'BOOLEXPR' && wordAt(node, 'boolop') === 'and') {
      return equalitiesOf(node.fields.get('args'), catalog);
    }
    const [a, b] = nodesOf(node.fields.get('args'));
    const isEqual = node.type === 'OPEXPR' && catalog.equals.has(wordAt(node, 'opfuncid') ?? '');
    return isEqual && a && b && isPlain(a) && isPlain(b) ? [[a, b] as const] : [];
  });
}

function isPlain({ type }: TreeNode): boolean {
  return type === 'VAR' || type === 'PARAM' || type === 'CONST';
}

/** One text for each column of each table of each query, parameter and constant. */
function placeOf(scope: Scope, node: TreeNode): string {
  if (node.type === 'PARAM') return `given ${wordAt(node, 'paramid')}`;
  if (node.type === 'CONST') return `given constant ${String(node.fields.get('constvalue'))}`;
  let own: Scope | undefined = scope;
  for (let up = numberAt(node, 'varlevelsup'); up > 0; up--) own = own?.parent;
  return `${own?.id}.${wordAt(node, 'varno')}.${wordAt(node, 'varattno')}`;
}

/** Rows that would change their shard. */
function movesOf(query: TreeNode, catalog: Catalog): readonly string[] {
  const isUpdate = wordAt(query, 'commandType') === '2';
  const conflict = nodeAt(query, 'onConflict');
  const sets = isUpdate ? query.fields.get('targetList') : conflict?.fields.get('onConflictSet');
  const result = nodesOf(query.fields.get('rtable'))[numberAt(query, 'resultRelation') - 1];
  const table = result && catalog.tables.get(relationOf(result));
  const column = table?.placement?.column;
  const names = nodesOf(sets).map((target) => wordAt(target, 'resname'));
  return column !== undefined && names.includes(column) ? [`changes ${table?.name}.${column}`] : [];
}

function isLimited(query: TreeNode): boolean {
  return isNode(query.fields.get('limitOffset')) || isNode(query.fields.get('limitCount'));
}

/** Whether a query refers to rows around it that are no distributed table's: of a function, CTE or reference table. */
function refersToRows(query: TreeNode, around: Scope, catalog: Catalog): boolean {
  return [...walkTree(query)].some(([node, depth]) => {
    const up = node.type === 'VAR' ? numberAt(node, 'varlevelsup') - depth : -1;
    if (up < 0) return false;
    let scope: Scope | undefined = around;
    for (let rest = up; rest > 0; rest--) scope = scope?.parent;
    const entry = scope?.entries[numberAt(node, 'varno') - 1];
    if (entry === undefined || nodeAt(entry, 'subquery') !== undefined) return false;
    return catalog.tables.get(relationOf(entry))?.placement?.column === undefined;
  });
}
