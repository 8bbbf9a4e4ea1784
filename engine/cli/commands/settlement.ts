import type { Command } from 'commander';
import type { InstitutionName } from '../../sandbox/seed/sandbox-institutions.ts';
import type { CliContext, SetExitCode } from '../cli-context.ts';
import { CliError } from '../cli-context.ts';
import { formatRefusal, printErrorText, unreachable } from '../format-refusal.ts';
import { printSettlement } from '../print-settlement.ts';
import type { SandboxCounter } from '../sandbox-counter.ts';
import { openSandboxCounter } from '../sandbox-counter.ts';
import { sandboxConfig } from './seed.ts';
import { institutionNames, localUrl } from './sell.ts';

/** Options of all commands at a counter. */
export type CounterOptions = { readonly at: string; readonly url: string };

/** `yikatong settlement <id>`: reads a settlement from a terminal of an institution. */
export function addSettlement(
  program: Command,
  context: CliContext,
  setExitCode: SetExitCode,
): void {
  addCounterOptions(program.command('settlement <id>'), context)
    .description('查询一笔结算 / look a settlement up')
    .action(async (id: string, options: CounterOptions) => {
      await withCounter(context, options, async (counter) => {
        const found = await counter.readSettlement(id);
        if (found.kind === 'approved') return printSettlement(context, found.document);
        if (found.kind === 'stopped' && found.code === 'UNREACHABLE')
          throw unreachable(options.url);
        setExitCode(found.kind === 'declined' ? 1 : 2);
        const text = formatRefusal(found.kind === 'stopped' ? noAnswer : found.refusal);
        printErrorText(context, text);
      });
    });
}

const noAnswer = { code: 'OUTCOME_NOT_KNOWN_YET' };

/** Adds the options for terminal and engine. */
export function addCounterOptions(command: Command, context: CliContext): Command {
  return command
    .requiredOption('--at <institution>', `机构 / institution: ${institutionNames.join(', ')}`)
    .option('--url <url>', '引擎地址 / address of the engine', localUrl(context));
}

/**
 * Runs `work` at the signed-in terminal of an institution.
 * @throws CliError when the institution is unknown, or no engine answers
 */
export async function withCounter(
  context: CliContext,
  { at, url }: CounterOptions,
  work: (counter: SandboxCounter) => Promise<void>,
): Promise<void> {
  const { dataDir } = sandboxConfig(context);
  const institution = requireInstitution(at);
  const counter = await openSandboxCounter({ dataDir, institution, url });
  try {
    await work(counter);
  } finally {
    await counter.close();
  }
}

/**
 * The name of an institution of the sandbox.
 * @throws CliError when there is none of this name
 */
export function requireInstitution(at: string): InstitutionName {
  const institution = institutionNames.find((name) => name === at);
  if (institution !== undefined) return institution;
  const known = institutionNames.join(', ');
  throw new CliError({
    zh: `没有机构 ${at}；可用：${known}`,
    en: `There is no institution ${at}; known are ${known}`,
  });
}
