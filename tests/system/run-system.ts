/**
 * npm run test:system: the tests that need root and Debian, none of them skipped; the last line tells how
 * many passed and failed. Elsewhere it says why it does not run, and exits with 77. It installs
 * the Debian packages that they need; without them it says which are not run.
 *
 *   --report FILE   keeps vitest's report as JSON
 *   NAME …          these only: `hsm` is tests/system/hsm.test.ts (npm run test:hsm)
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { whyNotHere } from './own-mounts.ts';

const NOT_HERE = 77;
/** For each step of an installation, ms. */
const INSTALL_MS = 300_000;
const projectRoot = join(import.meta.dirname, '../..');

type Report = {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
};

/** A package and a file of it. */
type Need = readonly [name: string, path: string];

const moduleLibrary: Need = ['softhsm2', '/usr/lib/softhsm/libsofthsm2.so'];
/** A module in software, and what builds the add-on that speaks to it. */
const module: readonly Need[] = [
  moduleLibrary,
  ['build-essential', '/usr/bin/g++'],
  ['python3', '/usr/bin/python3'],
  ['node_modules/pkcs11js', join(projectRoot, 'node_modules/pkcs11js')],
];

/** What files of tests need beside the project's own packages. */
const needs: Readonly<Record<string, readonly Need[]>> = {
  'tests/system/pcsc-reader.test.ts': [
    ['pcscd', '/usr/sbin/pcscd'],
    ['vsmartcard-vpcd', '/usr/lib/pcsc/drivers/serial/libifdvpcd.so'],
    ['libpcsclite-dev', '/usr/include/PCSC/winscard.h'],
    ['build-essential', '/usr/bin/g++'],
    ['node_modules/pcsclite', join(projectRoot, 'node_modules/pcsclite')],
  ],
  'tests/system/hsm.test.ts': module,
  'tests/system/production.test.ts': module,
  'tests/system/restore.test.ts': [['postgresql', '/usr/lib/postgresql']],
};

function missing(wanted: readonly Need[]): readonly Need[] {
  return wanted.filter(([, path]) => !existsSync(path));
}

/** Installs what tests need; where that fails they are left out, and it says why. */
function leftOut(wanted: readonly string[]): readonly string[] {
  const chosen = Object.entries(needs).filter(
    ([file]) => wanted.length === 0 || wanted.includes(file),
  );
  const packages = missing(chosen.flatMap(([, needed]) => needed)).filter(([, path]) =>
    path.startsWith('/usr/'),
  );
  if (packages.length > 0) install(packages.map(([name]) => name));
  if (chosen.some(([, needed]) => needed.includes(moduleLibrary))) buildAddOn();
  return chosen.flatMap(([file, wanted]) => {
    const lacking = missing(wanted).map(([name]) => name);
    if (lacking.length === 0) return [];
    print(`${file} is not run; missing: ${lacking.join(', ')}`);
    return ['--exclude', file];
  });
}

function install(packages: readonly string[]): void {
  print(`installing ${packages.join(' ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const wanted = ['install', '-y', '-q', '--no-install-recommends', ...packages];
  for (const order of [['update', '-q'], wanted]) {
    spawnSync('apt-get', order, {
      env,
      timeout: INSTALL_MS,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
}

/** Builds pkcs11js, as users do; what fails is told by the tests. */
function buildAddOn(): void {
  if (existsSync(join(projectRoot, 'node_modules/pkcs11js/build/Release/pkcs11.node'))) return;
  print('npm run hsm:build');
  spawnSync('npm', ['run', '-s', 'hsm:build'], {
    cwd: projectRoot,
    timeout: INSTALL_MS,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

function run(report: string, names: readonly string[]): boolean {
  const files = names.map((name) => `tests/system/${name}.test.ts`);
  const vitest = join(projectRoot, 'node_modules/vitest/vitest.mjs');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const { status } = spawnSync(
    process.execPath,
    [vitest, 'run', '--project', 'system', ...files, ...leftOut(files), ...reporters],
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

const { values: options, positionals: names } = parseArgs({
  options: { report: { type: 'string' } },
  allowPositionals: true,
});
const why = await whyNotHere(existsSync('/etc/debian_version'));
if (why !== undefined) {
  print(`the system tests take root on Debian (${why}): sudo npm run test:system`);
  process.exitCode = NOT_HERE;
} else {
  const folder = mkdtempSync(join(tmpdir(), 'yikatong-system-'));
  const isGood = run(options.report ?? join(folder, 'report.json'), names);
  rmSync(folder, { recursive: true, force: true });
  process.exitCode = isGood ? 0 : 1;
}
