/** Goal: an operator sees what is sealed under which key, takes a new key, and is told of a wrong keystore. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCli } from '../../../../engine/cli/program.ts';
import * as main from '../../../../engine/main.ts';
import { openFileKeystore } from '../../../../engine/ops/keystore/file-keystore.ts';
import {
  prepareSandboxKeys,
  sandboxKeyFolder,
} from '../../../../engine/sandbox/keys/sandbox-keys.ts';
import { openSeedStore } from '../../../../engine/store/reference/seed-store.ts';
import { card, person } from '../../../support/domain/builders.ts';
import type { TestDatabase } from '../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../support/postgres/test-database.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { query } from '../store/toy-store.ts';

let database: TestDatabase;
let folder: string;
beforeEach(async () => {
  database = await createTestDatabase();
  folder = temporaryFolder();
  const { engineKeys } = prepareSandboxKeys(sandboxKeyFolder(folder));
  const keys = openFileKeystore(engineKeys, { createIfMissing: false });
  const seed = await openSeedStore(database.url, keys.personalData);
  await seed.insertPersons([person()]);
  await seed.insertCards([card()]);
  await seed.close();
});
afterEach(() => database.drop());

async function personalData(command: string, dataDir = folder, ...args: readonly string[]) {
  const [out, errors]: [string[], string[]] = [[], []];
  const code = await runCli(['personal-data', command, ...args], {
    env: { DATABASE_URL: database.url, YIKATONG_DATA: dataDir },
    print: (line) => out.push(line),
    printError: (line) => errors.push(line),
    loadMain: async () => main,
  });
  return { code, out: out.join('\n'), errors: errors.join('\n') };
}

test('no name and no card number stands in the database in clear text', async () => {
  const rows = await query(
    database.url,
    'select p::text || c::text as row from person p join card c using (shard, person_no)',
  );
  expect(rows).toHaveLength(1);
  expect(String(rows[0]?.['row'])).not.toMatch(/张三|A12345678/);
});

test('a new key, and everything stands under it', async () => {
  const before = await personalData('status');
  expect(before.out).toContain('person.name  密钥版本 / key version 1: 1');
  expect(before.out).toContain('明文 / in clear text: 0');
  const rotated = await personalData('rotate');
  expect(rotated).toMatchObject({ code: 0 });
  expect(rotated.out).toContain('new key version: 2');
  expect(rotated.out).toContain('sealed anew: 2');
  const after = await personalData('status');
  expect(after.out).toContain('card.card_number  密钥版本 / key version 2: 1');
  expect(after.out).not.toContain('key version 1');
  const again = await personalData('rotate', folder, '--same-key');
  expect(again.out).toBe('重新加密 / sealed anew: 0');
  expect((await personalData('seal')).out).toContain('sealed: 0');
});

test('another keystore is told, and changes nothing', async () => {
  const { code, errors } = await personalData('rotate', temporaryFolder());
  expect(code).toBe(1);
  expect(errors).toContain('sealed under other keys');
  expect((await personalData('status')).out).toContain('key version 1: 1');
});
