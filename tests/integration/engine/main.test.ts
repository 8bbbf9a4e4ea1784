import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { seedDatabase, startEngine } from '../../../engine/main.ts';
import { readConfig } from '../../../engine/ops/config.ts';
import { migrate } from '../../../engine/store/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../../support/postgres/test-database.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

let database: TestDatabase;

beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

function configOf(dataDir: string) {
  return readConfig({
    YIKATONG_DATA: dataDir,
    YIKATONG_PORT: '0',
    YIKATONG_LOG_LEVEL: 'silent',
    DATABASE_URL: database.url,
  });
}

test('an engine starts again on its own keys, and refuses a database that was set up with others', async () => {
  const folder = temporaryFolder();
  for (let start = 0; start < 2; start++) {
    const engine = await startEngine(configOf(folder));
    const health = await fetch(`${engine.url}/health/ready`);
    expect(health.status).toBe(200);
    await engine.stop();
  }
  await expect(startEngine(configOf(temporaryFolder()))).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    en: expect.stringContaining('other keys'),
  });
});

test('the sandbox does not mix its people into a database of others, until it is told to', async () => {
  await migrate(database.url);
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(
    `insert into institution (code, name, region, care_place_kind, is_community)
     values ('H32010000001', '某医院', '320100', 'hospital', false)`,
  );
  const config = configOf(temporaryFolder());
  await expect(startEngine(config)).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    en: expect.stringContaining('--beside-others'),
  });
  expect((await client.query('select from person')).rowCount).toBe(0);
  await seedDatabase(config, { mayJoinOthers: true, isUnlocking: false });
  const engine = await startEngine(config);
  expect(await (await fetch(`${engine.url}/health/ready`)).json()).toMatchObject({
    ready: true,
    mode: 'sandbox',
  });
  await engine.stop();
  await client.end();
});

test('a seed with other keys is refused, and unlocking lets a card forget its wrong PINs', async () => {
  const config = configOf(temporaryFolder());
  const options = { mayJoinOthers: false, isUnlocking: true };
  await seedDatabase(config, options);
  await expect(seedDatabase(configOf(temporaryFolder()), options)).rejects.toMatchObject({
    en: expect.stringContaining('other keys'),
  });
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query('update card set pin_wrong_tries = 3');
  const versions = 'select sum(version) as sum from person';
  const before = (await client.query(versions)).rows[0].sum;
  await seedDatabase(config, options);
  expect((await client.query('select from card where pin_wrong_tries > 0')).rowCount).toBe(0);
  // A batch that has read a locked card must not write it back.
  expect(Number((await client.query(versions)).rows[0].sum)).toBeGreaterThan(Number(before));
  await client.end();
});

test('production refuses to start on a key file', async () => {
  const config = { ...configOf(temporaryFolder()), mode: 'production' as const };
  await expect(startEngine(config)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});

test('the sandbox does not start or seed beside keys that are not those of its cards', async () => {
  for (const keystore of ['sealed', 'pkcs11'] as const) {
    const config = { ...configOf(temporaryFolder()), keystore };
    const refusal = {
      code: 'CONFIG_INVALID',
      zh: expect.stringContaining(`YIKATONG_KEYSTORE=${keystore}`),
      en: expect.stringContaining('makes its cards, PINs and terminals from the key file'),
    };
    await expect(startEngine(config)).rejects.toMatchObject(refusal);
    const order = { mayJoinOthers: false, isUnlocking: false };
    await expect(seedDatabase(config, order)).rejects.toMatchObject(refusal);
  }
});
