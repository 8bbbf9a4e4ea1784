import type { Command } from 'commander';
import type { CliContext, SetExitCode } from '../../cli-context.ts';
import { addCardsDemo } from './demo.ts';

/** `yikatong cards …`: the life of cards. */
export function addCards(program: Command, context: CliContext, setExitCode: SetExitCode): void {
  const group = program
    .command('cards')
    .description('用卡业务：申领、挂失、补换、注销 / cards from application to destruction');
  addCardsDemo(group, context, setExitCode);
}
