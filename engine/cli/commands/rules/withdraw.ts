import type { Command } from 'commander';
import type { Result } from '../../../base/errors/result.ts';
import type { Reason } from '../../../flows/policy/pack-text.ts';
import type { StoredChange } from '../../../flows/policy/withdraw-pack.ts';
import { readConfig } from '../../../ops/config.ts';
import type { CliContext, SetExitCode } from '../../cli-context.ts';
import { CliError } from '../../cli-context.ts';
import { loginOption, readCredentials } from '../../operator-login.ts';
import { printMoves, printProposal, printRefusal, readReason } from './change-output.ts';

type WithdrawOptions = { readonly reason: string; readonly login?: string };

/** `yikatong rules withdraw` takes a pack out of force; `rules approve` is the second person's step. */
export function addWithdraw(rules: Command, context: CliContext, setExitCode: SetExitCode): void {
  rules
    .command('withdraw <id>')
    .description(
      '撤回策略包：此后不再用于新账单，已有结算不变 / withdraw a pack: it pays no new bill; settlements stay',
    )
    .requiredOption('--reason <text>', '依据（勿含个人信息）/ why; no personal data')
    .option(...loginOption)
    .action(async (id: string, { reason, login }: WithdrawOptions) => {
      const config = readConfig(context.env);
      const withdrawal = { id, reason: readReason(reason) };
      const credentials = await readCredentials(context, login);
      const { withdrawPolicy } = await context.loadMain();
      const stored = await withdrawPolicy({ config, credentials }, withdrawal);
      if (!printStored(context, id, stored)) setExitCode(1);
      else if (stored.ok && !stored.value.isWaiting) {
        context.print(`已撤回 / withdrawn: ${id}`);
      }
    });
  rules
    .command('approve <change>')
    .description(
      '批准待批的策略变更（另一人）/ approve a change that waits (another person), by its number',
    )
    .option(...loginOption)
    .action(async (text: string, { login }: { readonly login?: string }) => {
      const changeNo = readChangeNo(text);
      const config = readConfig(context.env);
      const credentials = await readCredentials(context, login);
      const { approvePolicy } = await context.loadMain();
      const stored = await approvePolicy({ config, credentials }, changeNo);
      if (!printStored(context, text, stored)) setExitCode(1);
      else context.print(`已批准并生效 / approved and in force: ${changeNo}`);
    });
}

function printStored(
  context: CliContext,
  what: string,
  stored: Result<StoredChange, Reason>,
): boolean {
  if (!stored.ok) {
    printRefusal(context, what, stored.error);
    return false;
  }
  printMoves(context, stored.value.moves);
  if (stored.value.isWaiting) printProposal(context, stored.value.changeNo);
  return true;
}

function readChangeNo(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new CliError({
    zh: `变更编号应为数字：${text}（yikatong rules list）`,
    en: `A change is named by its number: ${text} (yikatong rules list)`,
  });
}
