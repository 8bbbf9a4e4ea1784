import type { Command } from 'commander';
import type { CliContext } from '../cli-context.ts';
import type { SetExitCode } from '../yikatong.ts';
import { addActivate } from './rules/activate.ts';
import { addImportCatalogue } from './rules/import-catalogue.ts';

/** `yikatong rules …`: policy packs and catalogues. */
export function addRules(program: Command, context: CliContext, setExitCode: SetExitCode): void {
  const rules = program
    .command('rules')
    .description('医保政策与目录 / policy packs and catalogues');
  addActivate(rules, context, setExitCode);
  addImportCatalogue(rules, context);
}
