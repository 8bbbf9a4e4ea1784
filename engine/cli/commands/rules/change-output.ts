import { resolutionReason } from '../../../domain/resolution/resolution.ts';
import type { CountedMove } from '../../../flows/policy/change-words.ts';
import { describeMove } from '../../../flows/policy/change-words.ts';
import type { Reason } from '../../../flows/policy/pack-text.ts';
import type { CliContext } from '../../cli-context.ts';
import { CliError } from '../../cli-context.ts';

/** Prints the bills that pass from one pack to another. */
export function printMoves(context: CliContext, moves: readonly CountedMove[]): void {
  for (const move of moves) {
    const { zh, en } = describeMove(move);
    context.print(`  ${zh}`);
    context.print(`  ${en}`);
  }
}

/** Prints that a change waits for a second person. */
export function printProposal(context: CliContext, changeNo: number): void {
  const command = `yikatong rules approve ${changeNo} --login <name>`;
  context.print(`已登记申请 ${changeNo}，尚未生效；须由另一名操作员批准：${command}`);
  context.print(
    `Proposal ${changeNo} is on record and not in force; another operator must approve it: ${command}`,
  );
}

/** The reason of a change as one line. @throws CliError when it is empty or longer than 500 characters */
export function readReason(text: string): string {
  const reason = resolutionReason(text);
  if (reason !== undefined) return reason;
  throw new CliError({
    zh: '--reason 应为 1 至 500 个字符',
    en: '--reason takes 1 to 500 characters',
  });
}

/** Prints why nothing was changed. */
export function printRefusal(context: CliContext, what: string, { zh, en }: Reason): void {
  context.printError(`拒绝 ${what}：${zh}`);
  context.printError(`Refused ${what}: ${en}`);
}
