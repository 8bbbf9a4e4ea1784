import type { Command } from 'commander';
import type { Finding } from '../../../../rules/lint/finding.ts';
import type { PackVerdict } from '../../../flows/policy/activate-packs.ts';
import { readConfig } from '../../../ops/config.ts';
import type { CliContext, SetExitCode } from '../../cli-context.ts';
import { readTextFile } from './read-file.ts';

/** `yikatong rules activate`: checks and stores policy packs; running engines load them by themselves. */
export function addActivate(rules: Command, context: CliContext, setExitCode: SetExitCode): void {
  rules
    .command('activate <files...>')
    .description(
      '激活策略包：检查后写入数据库，运行中的引擎自动采用 / check policy packs and put them on record; ' +
        'running engines take them in',
    )
    .action(async (paths: readonly string[]) => {
      const config = readConfig(context.env);
      const files = paths.map((path) => ({ path, text: readTextFile(path) }));
      const { activatePolicy } = await context.loadMain();
      const verdicts = await activatePolicy(config, files);
      const isRefused = verdicts.some(({ verdict }) => verdict === 'refused');
      for (const verdict of verdicts) printVerdict(context, verdict);
      if (!isRefused) return;
      context.printError('未激活任何策略包');
      context.printError('Nothing was activated');
      setExitCode(1);
    });
}

const verdictWords = {
  activated: '已激活 / activated',
  right: '正确，未激活 / right, not activated',
  known: '此前已激活 / was active already',
  ships: '随程序提供，无需激活 / ships with the program',
} as const satisfies Record<Exclude<PackVerdict['verdict'], 'refused'>, string>;

function printVerdict(context: CliContext, judged: PackVerdict): void {
  const { path, pack, verdict, reasons, findings } = judged;
  for (const finding of findings) printFinding(context, path, finding);
  for (const { zh, en } of reasons) {
    context.printError(`拒绝 ${path}：${zh}`);
    context.printError(`Refused ${path}: ${en}`);
  }
  if (pack === undefined || verdict === 'refused') return;
  const { id, name, effectiveFrom, unverified } = pack;
  context.print(`${verdictWords[verdict]}: ${id}  ${name.zh} / ${name.en}`);
  context.print(`  自 ${effectiveFrom} 起 / from ${effectiveFrom} on`);
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
