import type { Command } from 'commander';
import type { RequestItem } from '../../contract/enquiry.ts';
import type { CliContext, SetExitCode } from '../cli-context.ts';
import { formatRefusal, printErrorText } from '../format-refusal.ts';
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
          printErrorText(context, text);
          return;
        }
        const { items } = found.document;
        for (const item of items) context.print(lineOf(item, options.at));
        if (items.length === 0) context.print(absent);
        if (items.length === 0 || items.some(isOpen)) setExitCode(2);
      });
    });
}

/** One enquiry that finds nothing proves nothing: the request may still be under way. */
const absent =
  '引擎尚无该请求号；请求可能仍在途中，三分钟后再查仍无，才是未扣款 / the engine has no request of this key yet; it may be under way: if there is none three minutes later either, nothing was charged';

function isOpen({ state, status }: RequestItem): boolean {
  return state !== 'final' || status === 202;
}

/** What one request became, in both languages; a refusal says itself whether money moved. */
export function lineOf(item: RequestItem, at: string): string {
  if (isOpen(item)) {
    return '结果尚未确定，请勿重复收款，稍后再查 / not known yet: do not collect again, enquire later';
  }
  const { status, settlementId, answer } = item;
  if (status === 200 && settlementId !== null) {
    return `已成交 / approved: npm run yikatong -- settlement ${settlementId} --at ${at}`;
  }
  if (answer !== null && 'moneyEffect' in answer && answer.moneyEffect === 'none') {
    return `未受理，未扣款 / refused, nothing was charged (${answer.code})`;
  }
  const code = answer !== null && 'code' in answer ? ` (${answer.code})` : '';
  return `款项可能已扣，请勿重复收款，联系经办 / money may have moved: do not collect again, call the office${code}`;
}
