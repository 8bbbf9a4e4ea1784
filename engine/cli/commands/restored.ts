import type { Command } from 'commander';
import { isoTime } from '../../base/time/calendar.ts';
import { readConfig } from '../../ops/config.ts';
import type { RestoreNote } from '../../ports/restores.ts';
import type { CliContext } from '../cli-context.ts';

type Options = { readonly allCards?: true; readonly listsAreCurrent?: true };

/** `yikatong restored`: the step after a restore from a backup, before an engine serves again. */
export function addRestored(program: Command, context: CliContext): void {
  program
    .command('restored')
    .description(
      '从备份恢复之后、启动引擎之前执行 / after a restore from a backup, before the engine starts',
    )
    .option(
      '--all-cards',
      '所有卡只留一次密码机会 / every card keeps one PIN entry, not only those with a wrong one standing are locked',
    )
    .option(
      '--lists-are-current',
      '仅确认无效卡名单已是最新 / only confirm that the invalid lists are those of today',
    )
    .action(async (options: Options) => {
      const config = readConfig(context.env);
      const { confirmInvalidLists, noteRestore } = await context.loadMain();
      if (options.listsAreCurrent) {
        await confirmInvalidLists(config);
        context.print('无效卡名单已确认为最新 / the invalid lists count as current');
        return;
      }
      print(context, await noteRestore(config, options.allCards ? 'all' : 'tried'));
    });
}

function print({ print: tell }: CliContext, noted: RestoreNote): void {
  const { batch, cardsLocked, openLegs, lastSettlementAt } = noted;
  const last = lastSettlementAt === undefined ? '-' : isoTime(lastSettlementAt);
  tell(`${batch}  银行流水号的新批次 / trace numbers go on in this batch`);
  tell(`${cardsLocked}  张卡已锁定密码 / cards whose PIN is locked: yikatong card pin CARD_ID`);
  tell(
    `${openLegs}  笔银行交易未完结，将冲正或重发 / open at the bank, to be reversed or repeated`,
  );
  tell(`${last}  账中最后一笔结算 / the last settlement in the books`);
  tell(
    '此后的交易请与银行对账单及各终端核对 / compare what came later with the bank and the terminals',
  );
  tell(
    '终端须重新签到；无效卡名单重新装入前不受理卡 / terminals sign in again; no card is taken before',
  );
  tell('the invalid lists are loaded again, or: yikatong restored --lists-are-current');
}
