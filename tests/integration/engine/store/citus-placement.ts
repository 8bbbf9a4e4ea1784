import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a table stands on Citus: the column that it is distributed by, or `undefined` when every node has it. */
export type Placement = { readonly table: string; readonly column: string | undefined };

const path = join(import.meta.dirname, '../../../../engine/store/citus/distribute.sql');

/** The statements of distribute.sql, without comments. */
export function distributeStatements(): readonly string[] {
  const text = readFileSync(path, 'utf8').replace(/--.*$/gm, '');
  return text
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

const distributed = /^select create_distributed_table\('(\w+)', '(\w+)', colocate_with => '(\w+)'/;
const reference = /^select create_reference_table\('(\w+)'\)$/;

/** What distribute.sql says of tables, in its order. */
export function readPlacements(): readonly Placement[] {
  return distributeStatements().flatMap((statement) => {
    const [, table = reference.exec(statement)?.[1], column] = distributed.exec(statement) ?? [];
    return table === undefined ? [] : [{ table, column }];
  });
}
