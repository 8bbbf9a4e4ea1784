/**
 * `npm run bench -- keystore`: what a sale costs when the keys are on a PKCS#11 token (SoftHSM here) or in
 * sealed files, beside an engine whose keys are in a plain file: three engines on one durable database with
 * the same keys, the same load in turn. SoftHSM computes in the engine's process; a module in hardware
 * answers later, and computes elsewhere.
 *
 * Options: --quick, --seconds 3, --rounds 9, --persons 8000, --json FILE, --database-url URL. Exit code 1:
 * the books do not hold what was answered.
 */
import { writeFileSync } from 'node:fs';
import type { Books } from '../load/check-books.ts';
import { readBooks } from '../load/check-books.ts';
import { median } from '../report/figures.ts';
import { describeMachine, loadAverage } from '../report/machine.ts';
import { figure } from '../report/score-table.ts';
import { readBenchOptions } from '../scoreboard/bench-options.ts';
import { goalText } from '../scoreboard/lines.ts';
import type { LoadPart, Sample } from '../scoreboard/samples.ts';
import { coresOfOthers, rateOf } from '../scoreboard/samples.ts';
import type { Measured } from '../scoreboard/scoreboard.ts';
import { drawLine, verdictOf } from '../scoreboard/scoreboard.ts';
import { openTestBed } from '../scoreboard/test-bed.ts';
import type { KeystoreFigures, KeystoreKind } from './measure-keystores.ts';
import { keystoreKinds, measureKeystores } from './measure-keystores.ts';

const print = (line: string) => process.stdout.write(`${line}\n`);
const tell = (what: string) => process.stderr.write(`${what} …\n`);

const GOAL = { atLeast: 0.9 };
/** As the scoreboard: with more, its figures are not judged. */
const CORES_OF_OTHERS_MAX = 0.2;
const APPROVED_SHARE_MIN = 0.999;

const lines = {
  pkcs11: 'Settlements/s with keys on PKCS#11 tokens (SoftHSM), by a key file',
  sealed: 'Settlements/s with keys in sealed files, by a key file',
} as const satisfies Readonly<Record<KeystoreKind, string>>;

/** Measures and prints. @returns the exit code */
export async function runKeystore(args: readonly string[]): Promise<number> {
  const isQuick = args.includes('--quick');
  const sizes = isQuick ? ['--seconds', '1', '--rounds', '3'] : ['--seconds', '3', '--rounds', '9'];
  const options = readBenchOptions([...sizes, '--persons', '8000', ...args]);
  const loadBefore = loadAverage();
  const stops: (() => Promise<void>)[] = [];
  // The embedded server holds no handle open: without this timer the process would exit while it waits.
  const awake = setInterval(() => undefined, 1_000);
  try {
    const testBed = await openTestBed(options, stops, tell);
    const figures = await measureKeystores(testBed, options, stops, tell);
    const books = await readBooks(testBed.database.engineUrl);
    const scoreboard = scoreKeystores(figures, isQuick);
    for (const score of scoreboard) {
      const value = score.value === null ? '–' : `${figure(score.value)} ${score.unit}`;
      print(
        `${score.id.padEnd(18)} ${value.padStart(8)}  ${goalText(score.goal)}  ${verdictOf(score)}  ${score.what}`,
      );
      if (score.note !== null) print(`    ${score.note}`);
    }
    const isRight = areBooksRight(books, figures.approved);
    print(isRight ? 'valid: the books hold what was answered' : 'INVALID: the books differ');
    if (options.json !== undefined) {
      const machine = { ...describeMachine(), loadAverages: [loadBefore, loadAverage()] };
      const { databaseUrl: _, ...settings } = options;
      const raw = { ...figures, books };
      const document = { at: new Date().toISOString(), machine, settings, scoreboard, raw };
      writeFileSync(options.json, `${JSON.stringify(document, undefined, 1)}\n`);
    }
    return isRight ? 0 : 1;
  } finally {
    for (const stop of stops.toReversed()) await stop();
    clearInterval(awake);
  }
}

function areBooksRight(books: Books, approved: number): boolean {
  return books.settlements === approved && books.trialBalance === '0' && books.problems === 0;
}

/** The lines of the report. Pure. @param isQuick too short for a verdict */
export function scoreKeystores(figures: KeystoreFigures, isQuick: boolean) {
  return keystoreKinds.map((kind) => {
    const id = `settle-with-${kind}` as const;
    const line = { id, what: lines[kind], goal: GOAL, unit: '×' };
    return drawLine(line, measuredOf(figures, kind, isQuick));
  });
}

function measuredOf(
  { rounds, missing }: KeystoreFigures,
  kind: KeystoreKind,
  isQuick: boolean,
): Measured {
  const pairs = rounds.flatMap(({ file, [kind]: own }) =>
    file === undefined || own === undefined ? [] : [{ file, own }],
  );
  if (pairs.length === 0) return { samples: [], note: missing[kind] ?? 'not measured' };
  const others = coresOfOthers(
    pairs.flatMap(({ file, own }) => [{ closed64: file }, { closed64: own }]),
  );
  const isBusy = others !== undefined && others > CORES_OF_OTHERS_MAX;
  const busy = isBusy ? `; not judged: others used ${figure(others)} cores` : '';
  const rates = pairs.map(({ own }) => rateOf(own));
  const range = `${figure(Math.min(...rates))} to ${figure(Math.max(...rates))}/s`;
  const fileRate = figure(median(pairs.map(({ file }) => rateOf(file))));
  const cpu = `CPU of the engine ${cpuOf(pairs.map(({ own }) => own))}, with a key file ${cpuOf(pairs.map(({ file }) => file))} core-ms`;
  return {
    samples: pairs.map(({ file, own }) => sampleOf(file, own)),
    isShortened: isQuick || isBusy,
    note: `${figure(median(rates))}/s (${range}), with a key file ${fileRate}/s; ${cpu}${busy}`,
  };
}

function sampleOf(file: LoadPart, own: LoadPart): Sample {
  const broken = [file, own]
    .filter(({ load }) => load.approved < load.sent * APPROVED_SHARE_MIN)
    .map(({ load }) => `${load.sent - load.approved} of ${load.sent} were not settled`);
  return { value: rateOf(own) / rateOf(file), broken };
}

/** Core-ms a settlement, the median of the parts. */
function cpuOf(parts: readonly LoadPart[]): string {
  const each = parts.flatMap(({ cpuMs, load }) =>
    cpuMs.engine === undefined ? [] : [cpuMs.engine / load.approved],
  );
  return each.length === 0 ? '–' : figure(median(each));
}
