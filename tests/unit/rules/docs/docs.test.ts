import { readdirSync, readFileSync } from 'node:fs';
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { describe, expect, test } from 'vitest';
import { renderDocs } from '../../../../rules/docs/render-docs.ts';
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
