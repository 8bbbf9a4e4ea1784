/** Who may notice a planted bug: a test file, or the simulator. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runChild } from './run-child.ts';

/** caught: a test failed, or a seed showed a violation. broken: the tests did not even start. */
export type Notice = {
  readonly verdict: 'caught' | 'missed' | 'broken';
  /** The test that failed first, or the violation. */
  readonly what: string;
  /** Of the simulator: seeds until then. */
  readonly seeds?: number;
};

const LIMIT_MS = 300_000;
/** A bug that makes a test wait for ever is caught as well; but nobody wants to wait long for it. */
const limits = ['--testTimeout=15000', '--hookTimeout=30000'];

type VitestReport = {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
};

/** Runs test files until the first failure. No files: all quick ones (unit, property, golden, contract). */
export async function runTests(folder: string, files: readonly string[]): Promise<Notice> {
  const reportPath = join(folder, 'mutant-report.json');
  rmSync(reportPath, { force: true });
  const wanted =
    files.length > 0 ? files : ['unit', 'property', 'golden', 'contract'].map(folderOf);
  const { isInTime, code, output } = await runChild(
    folder,
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      ...wanted,
      '--bail=1',
      ...limits,
      '--reporter=json',
      `--outputFile=${reportPath}`,
    ],
    LIMIT_MS,
  );
  if (!isInTime) return { verdict: 'caught', what: 'it never ends' };
  if (code === 0) return { verdict: 'missed', what: '' };
  if (!existsSync(reportPath)) return { verdict: 'broken', what: lastLines(output) };
  const { testResults } = JSON.parse(readFileSync(reportPath, 'utf8')) as VitestReport;
  for (const { name, assertionResults } of testResults) {
    const failed = assertionResults.find(({ status }) => status === 'failed');
    if (failed === undefined) continue;
    const file = name.slice(name.indexOf('/tests/') + 1);
    const isEndless = failed.failureMessages.some((message) => message.includes('timed out'));
    const what = isEndless ? `${failed.fullName} (waits for ever)` : failed.fullName;
    return { verdict: 'caught', what: files.length === 1 ? what : `${file}: ${what}` };
  }
  const told = testResults.find(({ message }) => message !== '')?.message;
  return { verdict: 'broken', what: told ?? lastLines(output) };
}

const folderOf = (kind: string): string => `tests/${kind}/`;

/** Simulates seed after seed, from 1 to `most`, until one shows a violation. */
export async function runSeeds(folder: string, most: number): Promise<Notice> {
  const args = ['tests/mutants/first-seed.ts', String(most)];
  const { isInTime, code, output } = await runChild(folder, args, LIMIT_MS);
  if (!isInTime) return { verdict: 'caught', what: 'it never ends' };
  const line = output.split('\n').findLast((text) => text.startsWith('{"seeds"'));
  if (code !== 0 || line === undefined) return { verdict: 'broken', what: lastLines(output) };
  const { seeds, violation } = JSON.parse(line) as { seeds: number; violation?: string };
  return violation === undefined
    ? { verdict: 'missed', what: '', seeds }
    : { verdict: 'caught', what: violation, seeds };
}

function lastLines(output: string): string {
  return output.trim().split('\n').slice(-8).join('\n');
}
