import { afterEach, beforeEach, expect, test } from 'vitest';
import { startEngine } from '../../../engine/main.ts';
import { readConfig } from '../../../engine/ops/config.ts';
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

test('production refuses to start on a key file', async () => {
  const config = { ...configOf(temporaryFolder()), mode: 'production' as const };
  await expect(startEngine(config)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});
