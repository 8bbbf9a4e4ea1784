/** Goal: what an operator asks of a database works on the embedded one, too, which is started for the question. */
import { chmodSync } from 'node:fs';
import { expect, test } from 'vitest';
import { runCli } from '../../../../engine/cli/program.ts';
import * as main from '../../../../engine/main.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

test('seed, doctor, ledger check and a login on the embedded database', async () => {
  const dataDir = temporaryFolder();
  chmodSync(dataDir, 0o755);
  const cli = async (...args: readonly string[]) => {
    const [out, errors]: [string[], string[]] = [[], []];
    const code = await runCli(args, {
      env: { YIKATONG_DATA: dataDir },
      print: (line) => out.push(line),
      printError: (line) => errors.push(line),
      loadMain: async () => main,
    });
    return { code, out: out.join('\n'), errors: errors.join('\n') };
  };
  expect(await cli('seed')).toMatchObject({ code: 0, errors: '' });
  const doctor = await cli('doctor');
  expect(doctor).toMatchObject({ code: 0, errors: '' });
  expect(doctor.out).toContain('✓ database');
  expect(doctor.out).toContain('nothing must be done');
  expect((await cli('ledger', 'check')).out).toContain('no difference');
  expect((await cli('login', 'add', 'wang', '--for', 'operator')).code).toBe(0);
  expect((await cli('login', 'list')).out).toMatch(/^wang +operator$/);
}, 120_000);
