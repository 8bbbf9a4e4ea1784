/**
 * `npm run bench`: the scoreboard. How many settlements a second this machine carries and how soon they are
 * answered, each line beside something measured on the same durable server in the same minutes: pgbench's
 * TPC-B, one-row commits, and other ways to write the same rows. Absolute figures move by a quarter from hour
 * to hour on shared machines; the ratios are what can be compared. It is fair on a quiet machine only:
 * pgbench's many processes get a larger share of contended cores than the engine's one.
 *
 * Settlements are POST /v1/settlements with real challenges, chip cryptograms, PIN blocks and signatures,
 * prepared before the clock starts, because preparing them is the terminals' work. Afterwards the books must
 * balance and hold exactly the settlements that were answered. Options: see scoreboard/bench-options.ts.
 *
 * `npm run bench -- batch` shows where the time of a batch goes: see batch/run-batch.ts;
 * `npm run bench -- morning` plays a clinic's morning: see scenarios/run-morning.ts;
 * `npm run bench -- history` shows the kept runs side by side; `npm run bench -- rules` measures the rules
 * alone: see rules/run-rules.ts; `npm run bench -- findings` what the database does for a settlement: see
 * findings/run-findings.ts; `npm run bench -- engines` one engine beside two: see scenarios/run-engines.ts;
 * `npm run bench -- slow-senders` sales beside half-sent requests: see scenarios/run-slow-senders.ts;
 * `npm run bench -- list` invalid lists of ten million cards: see list/run-list.ts;
 * `npm run bench -- keystore` keys in a module or sealed files: see keystore/run-keystore.ts.
 * Exit code 1: the books are wrong, or a line is worse than its budget by more than its noise.
 */
const tell = (line: string) => process.stderr.write(`${line}\n`);

const usage = `Usage: npm run bench -- [options]   the scoreboard, beside pgbench and other designs
       npm run bench -- morning [--seconds N --peak N]   a clinic's morning
       npm run bench -- rules [--json FILE]   one split beside two rule engines
       npm run bench -- engines [--rounds N]   one engine, and two on one database
       npm run bench -- slow-senders [--rounds N]   sales beside 2,000 half-sent requests
       npm run bench -- keystore [--quick --json FILE]   keys in a module and in sealed files
       npm run bench -- findings [--connections N]   what a settlement costs the database
       npm run bench -- list [--quick --cards N --no-settling]   invalid lists of ten million cards
       npm run bench -- batch [--rounds N]   where the time of a batch goes
       npm run bench -- history   the kept runs side by side

  --quick  --full               three minutes; 90 minutes and 25 GB of disk; else half an hour
  --only ID,ID                  these lines and what they need
  --json FILE  --html FILE      raw figures; a page with charts
  --keep  --no-budget           keep the medians in bench/history; do not fail on a lost line
  --seconds N  --rounds N  --persons N  --seed N
  --growth-settlements N  --listed-cards N  --memory-minutes N  --open-bank-legs N
  --growth-folder DIR           keep the filled server there; fill once, measure many times
  --pgledger FILE               its SQL; once for each file
  --database-url URL            a server of one's own
  --profile FOLDER              CPU profiles of the engine
`;

async function main(): Promise<number> {
  const [what, ...args] = process.argv.slice(2);
  if (what === '--help' || what === 'help') {
    process.stdout.write(usage);
    return 0;
  }
  // Each is imported only when it runs, so that a run does not load native modules of other peers.
  if (what === 'rules') return (await import('./rules/run-rules.ts')).runRules(args);
  if (what === 'morning') return (await import('./scenarios/run-morning.ts')).runMorning(args);
  if (what === 'engines') return (await import('./scenarios/run-engines.ts')).runEngines(args);
  if (what === 'slow-senders') {
    return (await import('./scenarios/run-slow-senders.ts')).runSlowSenders(args);
  }
  if (what === 'list') return (await import('./list/run-list.ts')).runList(args);
  if (what === 'keystore') return (await import('./keystore/run-keystore.ts')).runKeystore(args);
  if (what === 'batch') return (await import('./batch/run-batch.ts')).runBatch(args);
  if (what === 'findings') return (await import('./findings/run-findings.ts')).runFindings(args);
  if (what === 'history') {
    const { historyTable, readHistory } = await import('./history/history.ts');
    process.stdout.write(`${historyTable(readHistory())}\n`);
    return 0;
  }
  const { runScoreboard } = await import('./scoreboard/run-scoreboard.ts');
  return runScoreboard(process.argv.slice(2));
}

try {
  process.exitCode = await main();
} catch (error) {
  tell(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
}
