/** Goal: ID numbers come with a file, one person each, and stand in the database sealed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { idCheckDigit } from '../../../../engine/base/personal/id-number.ts';
import { runCli } from '../../../../engine/cli/program.ts';
import { writeTableFile } from '../../../../engine/cli/table-file.ts';
import * as main from '../../../../engine/main.ts';
import { tablesHolding } from '../../../support/postgres/tables-holding.ts';
import type { TestDatabase } from '../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../support/postgres/test-database.ts';
import { query } from '../store/toy-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'yikatong-id-numbers-'));
const columns = [
  ...['person_no', 'name', 'region', 'scheme', 'person_type', 'birth_date'],
  ...['account_status', 'account_balance', 'id_type', 'id_number'],
];
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

const idOf = (first17: string) => first17 + idCheckDigit(first17);
const ONE = idOf('44190019880520001');
const TWO = idOf('44190019880520002');
const no = (i: number) => `441900000000000000000030${i}`;

type Given = readonly [personNo: string, type: string, number: string, birthDate?: string];

async function importPersons(...people: readonly Given[]) {
  const path = join(folder, 'people.csv');
  const rows = people.map(([personNo, type, number, birthDate = '1988-05-20']) => [
    ...[personNo, '李四', '441900', '310', '1101', birthDate, 'active', '0.00', type, number],
  ]);
  await writeTableFile(path, columns, rows);
  const [out, errors]: [string[], string[]] = [[], []];
  const code = await runCli(['person', 'import', path], {
    env: { DATABASE_URL: database.url, YIKATONG_DATA: folder },
    print: (line) => out.push(line),
    printError: (line) => errors.push(line),
    loadMain: async () => main,
  });
  return { code, out: out.join('\n'), errors: errors.join('\n') };
}

test('a wrong number keeps the file out, each with its line, and no message says the number', async () => {
  const flipped = ONE.slice(0, -1) + (ONE.endsWith('0') ? '1' : '0');
  const { code, errors } = await importPersons(
    [no(1), '01', flipped],
    [no(2), '01', ONE, '1988-05-21'],
    [no(3), '01', ''],
    [no(4), '', ONE],
    [no(5), '01', 'E12345678'],
    [TWO, '', ''],
    [no(6), '01', TWO],
    [no(7), '01', TWO.toLowerCase()],
  );
  expect(code).toBe(1);
  const told = [
    ...['line 2, id_number', 'line 3, birth_date', 'line 4, id_number', 'line 5, id_type'],
    ...['line 6, id_number', 'line 7, person_no', 'line 9, id_number'],
  ];
  for (const line of told) expect(errors).toContain(line);
  expect(errors).not.toContain('line 8');
  for (const number of [ONE, TWO, flipped]) expect(errors).not.toContain(number);
  expect(await query(database.url, 'select from person')).toHaveLength(0);
});

test('a number is stored sealed, once, and the same file may come again', async () => {
  const file: readonly Given[] = [
    [no(1), '01', ONE],
    [no(2), '14', 'e12345678'],
    [no(3), '', ''],
  ];
  expect((await importPersons(...file)).out).toContain('added: 3');
  expect((await importPersons(...file)).out).toContain('on record already: 3');
  const rows = await query(
    database.url,
    'select id_type, id_number_hash is not null as is_found from person order by person_no',
  );
  expect(rows).toEqual([
    { id_type: '01', is_found: true },
    { id_type: '14', is_found: true },
    { id_type: null, is_found: false },
  ]);
  expect(await tablesHolding(database.url, ONE)).toEqual([]);
  expect(await tablesHolding(database.url, 'E12345678')).toEqual([]);
});

test('a second person of the same number is refused, another type of number is not', async () => {
  const second = await importPersons([no(4), '01', ONE], [no(5), '14', 'E12345678']);
  expect(second.code).toBe(1);
  expect(second.errors).toContain('line 2, id_number');
  expect(second.errors).toContain('line 3, id_number');
  expect((await importPersons([no(5), '15', 'E12345678'])).out).toContain('added: 1');
});
