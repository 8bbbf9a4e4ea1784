import { readdirSync, readFileSync } from 'node:fs';
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { describe, expect, test } from 'vitest';
import { misfits } from '../../../../rules/bill-file/fit-to-pack.ts';
import { readBillFile } from '../../../../rules/bill-file/read-bill-file.ts';
import { renderDocs } from '../../../../rules/docs/render-docs.ts';
import { compilePack } from '../../../../rules/kernel/compile-pack.ts';
import { formatProblem } from '../../../../rules/kernel/problem.ts';
import { splitBill } from '../../../../rules/kernel/split-bill.ts';
import type { Finding } from '../../../../rules/lint/finding.ts';
import { lintFileName } from '../../../../rules/lint/lint-file-name.ts';
import { lintPack } from '../../../../rules/lint/lint-pack.ts';
import { loadPacks } from '../../../../rules/packs/load-packs.ts';

/** Goal: the reference is what the schemas say, and an editor judges files as the program does. */
const folder = new URL('../../../../rules/docs/', import.meta.url);
const docs = renderDocs();

function schemaOf(name: string): TSchema {
  return JSON.parse(docs.get(name) ?? '') as TSchema;
}

test.each([...docs.keys()])('%s is up to date (node rules/docs/write-docs.ts)', (name) => {
  expect(readFileSync(new URL(name, folder), 'utf8')).toBe(docs.get(name));
});

describe('the published schema', () => {
  test('takes every shipped pack', () => {
    const schema = schemaOf('policy-pack.schema.json');
    const refused = loadPacks().filter(({ file }) => !Value.Check(schema, file));
    expect(refused.map(({ id }) => id)).toEqual([]);
  });

  test('takes every example bill, and refuses an unknown key', () => {
    const schema = schemaOf('bill-file.schema.json');
    const examples = new URL('../bill-file/examples/', folder);
    for (const name of readdirSync(examples)) {
      const bill: object = JSON.parse(readFileSync(new URL(name, examples), 'utf8'));
      expect(Value.Check(schema, bill), name).toBe(true);
      expect(Value.Check(schema, { ...bill, discount: '1.00' }), name).toBe(false);
    }
  });

  test('holds formulas and conditions once', () => {
    const { $defs } = schemaOf('policy-pack.schema.json') as { $defs?: object };
    expect(Object.keys($defs ?? {})).toEqual(expect.arrayContaining(['Amount', 'Condition']));
  });
});

test('every field of a bill file is explained', () => {
  const rows = (docs.get('bill-file.md') ?? '').split('\n').filter((row) => /^\| `/.test(row));
  const unexplained = rows.filter((row) => row.split(/(?<!\\)\|/)[4]?.trim() === '');
  expect(unexplained).toEqual([]);
});

test('a text field says in words what its pattern asks for', () => {
  const page = docs.get('policy-pack.md') ?? '';
  expect(page).toContain('| `region` | yes | text: six digits, such as "110000" |');
  expect(page).toContain('| `effectiveFrom` | yes | text: a day such as "2026-01-31" |');
});

test('the worked example passes the checks, splits the bill and names the pack as its commands say', () => {
  const page = docs.get('policy-pack.md') ?? '';
  const [, text = ''] = /```json\n([\s\S]*?)\n```/.exec(page) ?? [];
  const [, copyName = ''] = /rules check (\d{6}\S+)/.exec(page) ?? [];
  const [, billName = ''] = /rules explain --bill (\S+)/.exec(page) ?? [];
  const copy = { ...(JSON.parse(text) as object), ...newId(copyName) };
  const compiled = compilePack(copy);
  if (!compiled.ok) throw new Error(compiled.error.map(formatProblem).join('\n'));
  const pack = compiled.value;
  expect([...lintFileName(copyName, pack), ...lintPack(pack)].filter(isError)).toEqual([]);
  const bill = readFileSync(new URL(`../../${billName}`, folder), 'utf8');
  const read = readBillFile(JSON.parse(bill));
  if (!read.ok) throw new Error('the bill of the page is broken');
  expect(misfits(pack, read.value)).toEqual([]);
  expect(splitBill(pack, read.value.input).total).toBe(11_549n);
  expect(page).toContain(`--replaces ${(JSON.parse(text) as { id: string }).id} `);
});

/** The id and the first day that the file's name says. */
function newId(fileName: string): object {
  const id = fileName.replace(/\.json$/, '');
  return { id, effectiveFrom: id.slice(7, 17) };
}

function isError({ severity }: Finding): boolean {
  return severity === 'error';
}
