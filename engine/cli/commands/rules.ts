import type { Command } from 'commander';
import type { CliContext, SetExitCode } from '../cli-context.ts';
import { addActivate } from './rules/activate.ts';
import { addCheck } from './rules/check.ts';
import { addDiff } from './rules/diff.ts';
import { addExplain } from './rules/explain.ts';
import { addImportCatalogue } from './rules/import-catalogue.ts';
import { addList } from './rules/list.ts';
import { addReplay } from './rules/replay.ts';
import { addWhatIf } from './rules/what-if.ts';
import { addWithdraw } from './rules/withdraw.ts';

/** `yikatong rules …`: policy packs and catalogues. */
export function addRules(program: Command, context: CliContext, setExitCode: SetExitCode): void {
  const rules = program
    .command('rules')
    .description('医保政策与目录 / policy packs and catalogues');
  addExplain(rules, context);
  addCheck(rules, context, setExitCode);
  addDiff(rules, context);
  addActivate(rules, context, setExitCode);
  addWithdraw(rules, context, setExitCode);
  addList(rules, context);
  addImportCatalogue(rules, context);
  addReplay(rules, context, setExitCode);
  addWhatIf(rules, context, setExitCode);
}
