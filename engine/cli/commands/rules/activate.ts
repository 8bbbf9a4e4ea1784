import type { Command } from 'commander';
import type { Finding } from '../../../../rules/lint/finding.ts';
import type { PackVerdict } from '../../../flows/policy/activate-packs.ts';
import { readConfig } from '../../../ops/config.ts';
import type { CliContext, SetExitCode } from '../../cli-context.ts';
import { loginOption, readCredentials } from '../../operator-login.ts';
import { printMoves, printProposal, printRefusal, readReason } from './change-output.ts';
import { readTextFile } from './read-file.ts';

type ActivateOptions = {
  readonly replaces: readonly string[];
  readonly reason?: string;
  readonly login?: string;
};

/** `yikatong rules activate`: checks and stores policy packs; running engines load them by themselves. */
export function addActivate(rules: Command, context: CliContext, setExitCode: SetExitCode): void {
  rules
    .command('activate <files...>')
    .description(
      '激活策略包：检查后写入数据库，运行中的引擎自动采用 / check policy packs and put them on record; ' +
        'running engines take them in',
    )
    .option(
      '--replaces <id>',
      '确认取代的策略包，可重复 / a pack whose bills these take over; may be repeated',
      (id: string, before: readonly string[]) => [...before, id],
      [],
    )
    .option('--reason <text>', '依据（勿含个人信息）/ why; no personal data')
    .option(...loginOption)
    .action(async (paths: readonly string[], options: ActivateOptions) => {
      const config = readConfig(context.env);
      const reason = options.reason === undefined ? undefined : readReason(options.reason);
      const files = paths.map((path) => ({ path, text: readTextFile(path) }));
      const credentials = await readCredentials(context, options.login);
      const { activatePolicy } = await context.loadMain();
      const { replaces } = options;
      const order = { files, replaces, reason };
      const { verdicts, changeNo } = await activatePolicy({ config, credentials }, order);
      for (const verdict of verdicts) printVerdict(context, verdict);
      if (changeNo !== undefined) printProposal(context, changeNo);
      if (!verdicts.some(({ verdict }) => verdict === 'refused')) return;
      context.printError('未激活任何策略包');
      context.printError('Nothing was activated');
      setExitCode(1);
    });
}

const verdictWords = {
  activated: '已激活 / activated',
  proposed: '已提出，未激活 / proposed, not activated',
  right: '正确，未激活 / right, not activated',
  known: '此前已激活 / was active already',
  ships: '随程序提供，无需激活 / ships with the program',
} as const satisfies Record<Exclude<PackVerdict['verdict'], 'refused'>, string>;

function printVerdict(context: CliContext, judged: PackVerdict): void {
  const { path, pack, verdict, reasons, findings, moves } = judged;
  for (const finding of findings) printFinding(context, path, finding);
  for (const reason of reasons) printRefusal(context, path, reason);
  if (pack === undefined || verdict === 'refused') return;
  const { id, name, effectiveFrom, unverified } = pack;
  context.print(`${verdictWords[verdict]}: ${id}  ${name.zh} / ${name.en}`);
  context.print(`  自 ${effectiveFrom} 起 / from ${effectiveFrom} on`);
  printMoves(context, moves);
  if (unverified > 0) {
    context.print(`  未核实数值 / values not verified: ${unverified}`);
  }
}

function printFinding(context: CliContext, path: string, finding: Finding): void {
  const { severity, path: inPack, value, zh, rule } = finding;
  const [word, wordEn] = severity === 'error' ? ['错误', 'error'] : ['警告', 'warning'];
  const printLine = severity === 'error' ? context.printError : context.print;
  printLine(`${word} ${path} ${inPack}：${value} – ${zh}`);
  printLine(`${wordEn} ${path} ${inPack}: ${value} – ${rule}`);
}
