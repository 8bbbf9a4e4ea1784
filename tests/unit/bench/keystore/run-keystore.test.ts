// Goal: a keystore is judged beside the key file of its own round, and never where that would not be fair.
import { expect, test } from 'vitest';
import type { KeystoreRound } from '../../../../bench/keystore/measure-keystores.ts';
import { scoreKeystores } from '../../../../bench/keystore/run-keystore.ts';
import { verdictOf } from '../../../../bench/scoreboard/scoreboard.ts';
import { partOf } from '../scoreboard/load-figures.ts';

const quiet = { generator: 900, engine: 4_000, database: 3_000, others: 100 };
const busy = { ...quiet, others: 9_000 };
const round = (file: number, pkcs11: number, cpuMs = quiet): KeystoreRound => ({
  file: partOf(file, {}, cpuMs),
  pkcs11: partOf(pkcs11, {}, cpuMs),
  sealed: partOf(file, {}, cpuMs),
});
const scoreOf = (rounds: readonly KeystoreRound[], id: string, isQuick = false) => {
  const scores = scoreKeystores({ rounds, missing: {}, approved: 0 }, isQuick);
  const found = scores.find((score) => score.id === id);
  if (found === undefined) throw new Error(`no line ${id}`);
  return found;
};

test('the value is the median of the ratios within each round', () => {
  // The rates alone would say 800 by 800.
  const rounds = [round(1_000, 800), round(800, 760), round(500, 900)];
  const score = scoreOf(rounds, 'settle-with-pkcs11');
  expect(score).toMatchObject({ value: 0.95, min: 0.8, max: 1.8, pass: true });
  expect(scoreOf(rounds, 'settle-with-sealed')).toMatchObject({ value: 1, pass: true });
});

test('below nine tenths it is not reached', () => {
  const score = scoreOf([round(1_000, 890)], 'settle-with-pkcs11');
  expect(verdictOf(score)).toBe('not reached');
});

test('sales that were not settled keep a line from passing', () => {
  const refused: KeystoreRound = {
    file: partOf(1_000, {}, quiet),
    pkcs11: partOf(990, { sent: 1_000 }, quiet),
  };
  const score = scoreOf([refused, refused], 'settle-with-pkcs11');
  expect(score.pass).toBe(false);
  expect(score.note).toContain('10 of 1000 were not settled');
});

test('a short run, and one beside others, passes no verdict and says why', () => {
  expect(verdictOf(scoreOf([round(1_000, 950)], 'settle-with-pkcs11', true))).toBe('no verdict');
  const beside = scoreOf([round(1_000, 950, busy)], 'settle-with-pkcs11');
  expect(verdictOf(beside)).toBe('no verdict');
  expect(beside.note).toContain('others used 0.90 cores');
});

test('without a module the line says what to install', () => {
  const rounds = [{ file: partOf(1_000), sealed: partOf(1_000) }];
  const missing = { pkcs11: 'SoftHSM is not installed: apt-get install softhsm2' };
  const scores = scoreKeystores({ rounds, missing, approved: 0 }, false);
  const score = scores.find(({ id }) => id === 'settle-with-pkcs11');
  expect(score).toMatchObject({ value: null, note: missing.pkcs11 });
});
