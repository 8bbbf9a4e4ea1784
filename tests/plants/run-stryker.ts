/**
 * Changes the code of decisions and rules mechanically, one operator or statement at a time, and counts which
 * changes no test notices. Results of unchanged code are kept, so a run by parts adds up to a whole one.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { matchesGlob } from 'node:path';
import { Stryker } from '@stryker-mutator/core';
import { Command } from 'commander';

/** Where a wrong answer costs money, opens a card or loses a payment: the score of each must reach the floor. */
const groups = {
  money: ['engine/domain/{money,ledger}/*.ts', 'engine/domain/refund/refund-amounts.ts'],
  card: ['engine/domain/card/*.ts'],
  states: ['engine/domain/settlement/{settlement,bank-leg,leg-in-hand}.ts'],
  kernel: ['rules/kernel/*.ts'],
} as const;

/** Percent. Changes that make no difference to anybody are never noticed, so nothing reaches 100. */
const scoreMin = 85;
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

function recordOf({ files }: Report, date: string): StrykerRecord {
  const statuses = Object.entries(files)
    .map(([path, { mutants }]) => [path, mutants.map(({ status }) => status)] as const)
    .toSorted(([first], [second]) => (first < second ? -1 : 1));
  const inGroup = (globs: readonly string[]) =>
    statuses.filter(([path]) => globs.some((glob) => matchesGlob(path, glob)));
  return {
    date,
    groups: Object.fromEntries(
      Object.entries(groups)
        .map(([name, globs]) => [name, inGroup(globs)] as const)
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
    .filter(([, { score }]) => score < scoreMin)
    .map(([name, { score }]) => `${name} ${score} %`);
}

if (import.meta.main) {
  const options = new Command('stryker')
    .description('Changes code mechanically and counts which changes no test notices.')
    .option('--only <globs...>', 'these sources alone; results of others are kept')
    .option('--concurrency <count>', 'test runners at a time', Number)
    .option('--date <day>', 'the day of the record', new Date().toISOString().slice(0, 10))
    .parse()
    .opts<StrykerOptions>();
  const weak = weakGroups(await runStryker(options));
  for (const line of weak) process.stdout.write(`below ${scoreMin} %: ${line}\n`);
  process.exitCode = weak.length === 0 ? 0 : 1;
}
