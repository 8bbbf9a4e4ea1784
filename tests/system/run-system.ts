/**
 * npm run test:system: the tests that need root and Debian, none of them skipped; the last line tells how
 * many passed and failed. Elsewhere it says why it does not run, and exits with 77. Those of the card reader
 * also need pcscd, vsmartcard-vpcd, libpcsclite-dev and build-essential; it says so where one is missing.
 *
 *   --report FILE   keeps vitest's report as JSON
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { whyNotHere } from './own-mounts.ts';

const NOT_HERE = 77;
const projectRoot = join(import.meta.dirname, '../..');

type Report = {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
};

/** What the tests of the card reader need; those that are not there. */
function missingForReader(): readonly string[] {
  const needed: readonly (readonly [string, string])[] = [
    ['pcscd', '/usr/sbin/pcscd'],
    ['vsmartcard-vpcd', '/usr/lib/pcsc/drivers/serial/libifdvpcd.so'],
    ['libpcsclite-dev', '/usr/include/PCSC/winscard.h'],
    ['build-essential', '/usr/bin/g++'],
    ['node_modules/pcsclite', join(projectRoot, 'node_modules/pcsclite')],
  ];
  return needed.filter(([, path]) => !existsSync(path)).map(([name]) => name);
}

/** Leaves the tests of the card reader out where they cannot run, and says why. */
function withoutReader(): readonly string[] {
  const missing = missingForReader();
  if (missing.length === 0) return [];
  print(`the tests of the card reader are not run; missing: ${missing.join(', ')}`);
  return ['--exclude', 'tests/system/pcsc-reader.test.ts'];
}

function run(report: string): boolean {
  const vitest = join(projectRoot, 'node_modules/vitest/vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const { status } = spawnSync(
    process.execPath,
    [vitest, 'run', '--project', 'system', ...withoutReader(), ...reporters],
    { cwd: projectRoot, stdio: 'inherit' },
  );
  if (!existsSync(report)) {
    print('0 passed, 1 failed');
    return false;
  }
  const counts = JSON.parse(readFileSync(report, 'utf8')) as Report;
  // A test that was left out did not show what it is there for, and a file that does not load has none.
  const { numPassedTests: passed, numPendingTests: skipped, numFailedTests } = counts;
  const failed = numFailedTests + skipped;
  print(`${passed} passed, ${failed === 0 && status !== 0 ? 1 : failed} failed`);
  return status === 0 && failed === 0 && passed > 0;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

const { values: options } = parseArgs({ options: { report: { type: 'string' } } });
const why = await whyNotHere(existsSync('/etc/debian_version'));
if (why !== undefined) {
  print(`the system tests take root on Debian: ${why}`);
  process.exitCode = NOT_HERE;
} else {
  const folder = mkdtempSync(join(tmpdir(), 'yikatong-system-'));
  const isGood = run(options.report ?? join(folder, 'report.json'));
  rmSync(folder, { recursive: true, force: true });
  process.exitCode = isGood ? 0 : 1;
}
