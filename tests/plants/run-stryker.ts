/**
 * Changes the code of decisions and rules mechanically, one operator or statement at a time, and counts which
 * changes no test notices. Results of unchanged code are kept, so a run by parts adds up to a whole one.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { matchesGlob } from 'node:path';
import { Stryker } from '@stryker-mutator/core';

/**
 * Where a wrong answer costs money, opens a card or loses a payment: the score of each must reach
 * `SCORE_MIN`. A file counts in the first group that it fits.
 */
const groups = {
  money: [
    'engine/base/money/*.ts',
    'engine/domain/ledger/*.ts',
    'engine/domain/refund/refund-amounts.ts',
  ],
  card: ['engine/domain/{card,person}/*.ts', 'engine/base/crypto/pin-block.ts'],
  states: [
    'engine/domain/{leg,refund,resolution}/*.ts',
    'engine/domain/settlement/{settlement,open-settlement}.ts',
  ],
  kernel: ['rules/kernel/*.ts'],
} as const;

/** Percent. Changes that make no difference to anybody are never noticed, so nothing reaches 100. */
export const SCORE_MIN = 85;
const reportPath = '.yikatong/stryker/report.json';

type Report = {
  readonly files: { readonly [path: string]: { readonly mutants: readonly { status: string }[] } };
};

type Counts = {
  readonly killed: number;
  readonly survived: number;
  readonly timeout: number;
  readonly noCoverage: number;
  /** Test files that could not even be loaded; not part of the score. */
  readonly error: number;
};

export type Score = Counts & { readonly score: number };

export type StrykerRecord = {
  readonly date: string;
  readonly groups: { readonly [name: string]: Score };
  readonly files: { readonly [path: string]: Score };
};

export type StrykerOptions = {
  /** Globs of sources; without them, everything that `stryker.config.mjs` names. */
  readonly only?: readonly string[];
  readonly concurrency?: number;
  /** "2026-11-22": the day in the record's name. */
  readonly date: string;
};

/** Percent of the changes that the tests noticed; a test that no longer ends is noticed too. */
function scoreOf(statuses: readonly string[]): Score {
  const count = (wanted: string) => statuses.filter((status) => status === wanted).length;
  const killed = count('Killed');
  const survived = count('Survived');
  const timeout = count('Timeout');
  const noCoverage = count('NoCoverage');
  const noticed = killed + timeout;
  const all = noticed + survived + noCoverage;
  const score = all === 0 ? 100 : Math.round((1000 * noticed) / all) / 10;
  return { killed, survived, timeout, noCoverage, error: count('RuntimeError'), score };
}

function groupOf(path: string): string | undefined {
  const fits = (globs: readonly string[]) => globs.some((glob) => matchesGlob(path, glob));
  return Object.entries(groups).find(([, globs]) => fits(globs))?.[0];
}

function recordOf({ files }: Report, date: string): StrykerRecord {
  const statuses = Object.entries(files)
    .map(([path, { mutants }]) => [path, mutants.map(({ status }) => status)] as const)
    .toSorted(([first], [second]) => (first < second ? -1 : 1));
  const inGroup = (name: string) => statuses.filter(([path]) => groupOf(path) === name);
  return {
    date,
    groups: Object.fromEntries(
      Object.keys(groups)
        .map((name) => [name, inGroup(name)] as const)
        .filter(([, members]) => members.length > 0)
        .map(([name, members]) => [name, scoreOf(members.flatMap(([, each]) => each))]),
    ),
    files: Object.fromEntries(statuses.map(([path, each]) => [path, scoreOf(each)])),
  };
}

/** Runs Stryker, writes `tests/records/<date>-stryker.json` and returns what it says. */
export async function runStryker(options: StrykerOptions): Promise<StrykerRecord> {
  const { only, concurrency, date } = options;
  await new Stryker({
    ...(only === undefined ? {} : { mutate: [...only] }),
    ...(concurrency === undefined ? {} : { concurrency }),
  }).runMutationTest();
  const record = recordOf(JSON.parse(readFileSync(reportPath, 'utf8')) as Report, date);
  writeFileSync(`tests/records/${date}-stryker.json`, `${JSON.stringify(record, undefined, 2)}\n`);
  return record;
}

/** The groups of a record whose score is too low. */
export function weakGroups({ groups: found }: StrykerRecord): readonly string[] {
  return Object.entries(found)
    .filter(([, { score }]) => score < SCORE_MIN)
    .map(([name, { score }]) => `${name} ${score} %`);
}
