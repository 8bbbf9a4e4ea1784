import type { Figures } from './tally.ts';

/** Minutes and seconds of simulated time. */
function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  return seconds < 120 ? `${seconds} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** The figures for people, line by line. */
export function printFigures(figures: Figures, print: (line: string) => void): void {
  const { longestRecoveryMs: recovery, faultsByKind } = figures;
  print(
    `${figures.schedules} schedules in ${figures.seconds} s, ${figures.schedulesPerSecond} a second` +
      ` (${figures.events} events)`,
  );
  print(`${figures.settlements} settlements, ${figures.acknowledged} approvals acknowledged`);
  print(
    `lost ${figures.lost}, doubled ${figures.doubled}, one-sided ${figures.oneSided}` +
      `, other violations ${figures.broken}`,
  );
  print(
    `longest recovery (simulated): ${duration(recovery.afterTrouble)} from the end of trouble,` +
      ` ${duration(recovery.afterCrash)} from a crash in the midst of it`,
  );
  print(`${figures.faultsInjected} faults injected:`);
  for (const [kind, count] of Object.entries(faultsByKind))
    print(`  ${kind.padEnd(28)}${String(count).padStart(9)}`);
}
