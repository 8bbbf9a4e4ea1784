/**
 * `npm run bench -- rules`: what splitting one ten-line outpatient bill costs, without and with the
 * explanation, beside two rule engines that compute the same split from the same policy in the same
 * run (json-rules-engine, @gorules/zen-engine). First all three must answer some hundred random
 * bills alike, to the fen; then they are measured in turns.
 *
 * The peers are asked for no explanation; so "explain" is compared with peers that do less.
 *
 * Options: --json FILE, --quick. Exit code 0: a valid run; 1: not.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeMachine, loadAverage } from '../report/machine.ts';
import { contendersOf } from './contenders.ts';
import { differenceText, findDifference, openContest } from './contest.ts';
import { measureRules } from './measure-rules.ts';
import { randomBills, tenLineBills } from './rules-bills.ts';
import { readRulesOptions } from './rules-options.ts';
import { peakSettlements, rulesFigures, rulesLines } from './rules-report.ts';

/** Where kept results lie. */
const RESULTS = join(import.meta.dirname, '..', 'results');
/** A load that the engine is meant to reach, settlements/s. */
const AIMED_RATE = 4_000;
/** Variants of the measured bill. */
const TURN = 64;

const tell = (line: string) => process.stderr.write(`${line}\n`);

/** Compares, measures, prints; answers the exit code. */
export async function runRules(args: readonly string[]): Promise<number> {
  const { json, ...settings } = readRulesOptions(args);
  const contest = openContest();
  try {
    const measured = tenLineBills(TURN, contest.totals);
    const compared = randomBills(settings.comparedBills, settings.seed, contest.totals);
    const difference = await findDifference(contest, [...measured, ...compared]);
    if (difference !== undefined) {
      tell(differenceText(difference));
      return 1;
    }
    tell(`${measured.length + compared.length} bills: all answers alike; warming up …`);
    const loadBefore = loadAverage();
    const rounds = await measureRules({
      contenders: contendersOf(contest, measured),
      ...{ turn: TURN, ...settings },
      onRound: (round) => tell(`round ${round} of ${settings.rounds} …`),
    });
    const peak = peakSettlements(RESULTS);
    const rates = [...(peak === undefined ? [] : [peak]), AIMED_RATE];
    const results = rulesFigures(rounds, rates);
    const machine = { ...describeMachine(), loadAverages: [loadBefore, loadAverage()] };
    const { cores, cpu, node, commit, loadAverages } = machine;
    const about = [
      `machine  ${cores} cores (${cpu}), Node ${node}, load average ${loadAverages.join('/')}`,
      `run      ${settings.rounds} rounds of ${settings.sliceMs} ms, commit ${commit ?? 'unknown'}`,
    ];
    process.stdout.write(`${[...rulesLines(results), ...about].join('\n')}\n`);
    if (json !== undefined) {
      const raw = { machine, settings: { ...settings, turn: TURN }, results, rounds };
      writeFileSync(json, `${JSON.stringify(raw, undefined, 1)}\n`);
    }
    return 0;
  } finally {
    contest.zen.close();
  }
}
