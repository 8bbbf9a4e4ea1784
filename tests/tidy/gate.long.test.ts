import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ESLint } from 'eslint';
import { describe, expect, test } from 'vitest';
import { projectRoot } from './source-files.ts';

/** Goal: the tools of `npm run check` catch what they are there for, and an installation works. */
async function ruleIds(text: string): Promise<readonly (string | null)[]> {
  const eslint = new ESLint({ cwd: projectRoot });
  // The path of a file in the project: the rules need its types.
  const filePath = join(projectRoot, 'engine/ops/postgres/durability-check.ts');
  const [result] = await eslint.lintText(text, { filePath });
  return result?.messages.map((message) => message.ruleId ?? message.message) ?? [];
}

const kysely = `import type { Kysely } from 'kysely';
type Schema = { holder: { id: string } };
`;

describe('lint', () => {
  test('catches a database write that nobody waits for', async () => {
    const write = `export function forget(db: Kysely<Schema>): void {
  db.insertInto('holder').values({ id: '1' }).execute();
}`;
    expect(await ruleIds(kysely + write)).toEqual(['@typescript-eslint/no-floating-promises']);
  });

  test('is content with one that is waited for', async () => {
    const write = `export async function keep(db: Kysely<Schema>): Promise<void> {
  await db.insertInto('holder').values({ id: '1' }).execute();
}`;
    expect(await ruleIds(kysely + write)).toEqual([]);
  });

  test('catches a state that a switch forgot', async () => {
    const forgetful = `export function money(outcome: 'approved' | 'declined' | 'unknown'): boolean {
  switch (outcome) {
    case 'approved': return true;
    case 'declined': return false;
  }
  return false;
}`;
    expect(await ruleIds(forgetful)).toEqual(['@typescript-eslint/switch-exhaustiveness-check']);
  });
});

describe('installation', () => {
  type Locked = { readonly optionalDependencies?: Readonly<Record<string, string>> };

  test('the lock file names the packages of every platform, else npm ci refuses it', () => {
    const lock = JSON.parse(readFileSync(join(projectRoot, 'package-lock.json'), 'utf8')) as {
      readonly packages: Readonly<Record<string, Locked>>;
    };
    const locked = new Set(
      Object.keys(lock.packages).map((path) => path.slice(path.lastIndexOf('node_modules/') + 13)),
    );
    const wanted = Object.values(lock.packages).flatMap((entry) =>
      Object.keys(entry.optionalDependencies ?? {}),
    );
    expect(wanted.filter((name) => !locked.has(name))).toEqual([]);
  });
});
