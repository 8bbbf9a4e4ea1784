// Goal: whoever tries the demonstration, and then three wrong PINs, is told what happened and goes on.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../../engine/cli/program.ts';
import { createTestDatabase, type TestDatabase } from '../support/postgres/test-database.ts';

const folder = mkdtempSync(join(tmpdir(), 'yikatong-demonstration-'));
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function yikatong(...args: string[]) {
  const [out, errors]: [string[], string[]] = [[], []];
  const code = await runCli(args, {
    env: { YIKATONG_DATA: folder, YIKATONG_PORT: '0', DATABASE_URL: database.url },
    print: (line) => out.push(line),
    printError: (line) => errors.push(line),
    loadMain: () => import('../../engine/main.ts'),
  });
  return { code, out: out.join('\n'), errors: errors.join('\n') };
}

const demonstrate = () => yikatong('serve', '--demo', '--once');

test('a locked demonstration card is told, does not keep the engine from serving, and is unlocked', async () => {
  const first = await demonstrate();
  expect([first.code, first.out]).toEqual([0, expect.stringContaining('【沙盒测试，不作凭证】')]);

  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query('update card set pin_wrong_tries = 3');
  await client.end();
  const locked = await demonstrate();
  expect(locked.out).toContain('引擎已就绪 / the engine is ready');
  expect(locked.errors).toContain('PIN_LOCKED');
  expect(locked.errors).toContain('yikatong seed --unlock');
  // Nothing failed but the settlement: a script that waits for it reads that from the exit code.
  expect(locked.code).toBe(1);

  expect(await yikatong('seed', '--unlock')).toMatchObject({ code: 0, errors: '' });
  expect((await demonstrate()).code).toBe(0);
});
