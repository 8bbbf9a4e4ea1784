import type { Command } from 'commander';
import type { RequestItem } from '../../contract/enquiry.ts';
import type { CliContext, SetExitCode } from '../cli-context.ts';
import { formatRefusal } from '../format-refusal.ts';
import type { CounterOptions } from './settlement.ts';
import { addCounterOptions, withCounter } from './settlement.ts';

/** `yikatong enquire <requestKey>`: what became of a request whose answer was lost. */
export function addEnquire(program: Command, context: CliContext, setExitCode: SetExitCode): void {
  addCounterOptions(program.command('enquire <requestKey>'), context)
    .description('按请求号查询结果 / find out what became of a request, by its key')
    .action(async (requestKey: string, options: CounterOptions) => {
      await withCounter(context, options, async (counter) => {
        const found = await counter.findByRequestKey(requestKey);
        if (found.kind !== 'approved') {
          setExitCode(found.kind === 'declined' ? 1 : 2);
          const text = formatRefusal(found.kind === 'stopped' ? found : found.refusal);
          context.printError(text.zh);
          context.printError(text.en);
          return;
        }
        const { items } = found.document;
        for (const item of items) context.print(lineOf(item, options.at));
        if (items.length === 0) context.print(absent);
        if (items.some(({ state }) => state !== 'final')) setExitCode(2);
      });
    });
}

const absent =
  '引擎没有收到该请求号：未扣款 / the engine has no request of this key: nothing was charged';

function lineOf({ state, status, settlementId }: RequestItem, at: string): string {
  if (state !== 'final') {
    return '结果尚未确定，请勿重复收款，稍后再查 / not known yet: do not collect again, enquire later';
  }
  if (status === 200 && settlementId !== null) {
    return `已成交 / approved: npm run yikatong -- settlement ${settlementId} --at ${at}`;
  }
  return '未受理，未扣款 / refused, nothing was charged';
}
