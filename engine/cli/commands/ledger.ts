import type { Command } from 'commander';
import { addDays, startOfBusinessDate } from '../../base/time/calendar.ts';
import type { CheckedLaw } from '../../compose/ledger.ts';
import { readConfig } from '../../ops/config.ts';
import type { CliContext, SetExitCode } from '../cli-context.ts';
import { readDateRange } from './rules/date-range.ts';

type CheckOptions = { readonly day?: string; readonly json?: true };

/** `yikatong ledger check`: every law of the books; exit code 1 on a difference. */
export function addLedger(program: Command, context: CliContext, setExitCode: SetExitCode): void {
  program
    .command('ledger')
    .description('账册核查 / the books, held against their laws')
    .command('check')
    .description(
      '逐条核对账册规则，有差异时退出码为 1 / hold every law against the database; exit code 1 on a difference',
    )
    .option('--day <date>', '只查某一天，如 2026-11-30；缺省查全库 / one day only; default: all')
    .option('--json', '以数据形式输出 / as data')
    .action(async ({ day, json }: CheckOptions) => {
      const days = day === undefined ? undefined : daysOf(day);
      const { checkBooks } = await context.loadMain();
      const laws = await checkBooks(readConfig(context.env), days);
      const broken = laws.reduce((sum, law) => sum + law.broken, 0);
      if (broken > 0) setExitCode(1);
      if (json) context.print(JSON.stringify({ day: day ?? null, broken, laws }, undefined, 2));
      else printLaws(context, laws, broken);
    });
}

function daysOf(day: string) {
  const { from } = readDateRange(day, day);
  return { fromMs: startOfBusinessDate(from), untilMs: startOfBusinessDate(addDays(from, 1)) };
}

function printLaws(context: CliContext, laws: readonly CheckedLaw[], broken: number): void {
  for (const { id, zh, en, checked, differences, ...law } of laws) {
    const mark = law.broken > 0 ? '✗' : checked === undefined ? '–' : '✓';
    const count = checked === undefined ? '仅全库 / whole only' : `${checked}`;
    context.print(`${mark} ${id}  ${count}`);
    context.print(`    ${zh} / ${en}`);
    for (const { subject, found, expected } of differences) {
      context.print(`    ${subject}: ${found}; 应为 / should be: ${expected}`);
    }
    const more = law.broken - differences.length;
    if (more > 0) context.print(`    还有 ${more} 处 / ${more} more`);
  }
  context.print(
    broken === 0 ? '账册无差异 / no difference' : `差异 ${broken} 处 / differences: ${broken}`,
  );
}
