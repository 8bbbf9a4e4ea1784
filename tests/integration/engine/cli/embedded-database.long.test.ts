/** Goal: what an operator asks of a database works on the embedded one, too, which is started for the question. */
import { chmodSync } from 'node:fs';
import pg from 'pg';
import { expect, test } from 'vitest';
import { runCli } from '../../../../engine/cli/program.ts';
import * as main from '../../../../engine/main.ts';
import { readConfig } from '../../../../engine/ops/config.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

/** The command line on a new data folder. */
function openCli() {
  const dataDir = temporaryFolder();
  chmodSync(dataDir, 0o755);
  const env = { YIKATONG_DATA: dataDir, YIKATONG_PORT: '0', YIKATONG_LOG_LEVEL: 'silent' };
  const cli = async (...args: readonly string[]) => {
    const [out, errors]: [string[], string[]] = [[], []];
    const code = await runCli(args, {
      env,
      print: (line) => out.push(line),
      printError: (line) => errors.push(line),
      loadMain: async () => main,
    });
    return { code, out: out.join('\n'), errors: errors.join('\n') };
  };
  return { env, cli };
}

test('while an engine serves, the test cards forget wrong PINs', async () => {
  const { env, cli } = openCli();
  const engine = await main.startEngine(readConfig(env));
  const client = new pg.Client({ connectionString: engine.databaseUrl });
  await client.connect();
  await client.query('update card set pin_wrong_tries = 3');
  const seeded = await cli('seed', '--unlock');
  const locked = await client.query('select from card where pin_wrong_tries > 0');
  await client.end();
  await engine.stop();
  expect(seeded).toMatchObject({ code: 0, errors: '' });
  expect(locked.rowCount).toBe(0);
}, 120_000);

test('seed, doctor, ledger check and a login on the embedded database', async () => {
  const { cli } = openCli();
  expect(await cli('seed')).toMatchObject({ code: 0, errors: '' });
  const doctor = await cli('doctor');
  expect(doctor).toMatchObject({ code: 0, errors: '' });
  expect(doctor.out).toContain('✓ database');
  expect(doctor.out).toContain('nothing must be done');
  expect((await cli('ledger', 'check')).out).toContain('no difference');
  expect((await cli('login', 'add', 'wang', '--for', 'operator')).code).toBe(0);
  expect((await cli('login', 'list')).out).toMatch(/^wang +operator$/);
}, 120_000);
