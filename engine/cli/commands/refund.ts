import type { Command } from 'commander';
import { sandboxInstitutions } from '../../sandbox/seed/sandbox-institutions.ts';
import type { CliContext, SetExitCode } from '../cli-context.ts';
import { formatRefusal, formatUnknown, printErrorText } from '../format-refusal.ts';
import { printRefund } from '../print-settlement.ts';
import type { CounterOptions } from './settlement.ts';
import { addCounterOptions, requireInstitution, withCounter } from './settlement.ts';

/** `yikatong refund <id>`: refunds the rest of a settlement, or single lines. */
export function addRefund(program: Command, context: CliContext, setExitCode: SetExitCode): void {
  addCounterOptions(program.command('refund <id>'), context)
    .description('退费（整单或按明细）/ refund a settlement, or lines of it')
    .option('--line <no...>', '只退这些明细 / only these lines')
    .action(async (id: string, options: CounterOptions & { readonly line?: readonly string[] }) => {
      await withCounter(context, options, async (counter) => {
        const { line: lines } = options;
        const refunded = await counter.refund({ settlementId: id, ...(lines && { lines }) });
        if (refunded.kind === 'approved') {
          const { name } = sandboxInstitutions[requireInstitution(options.at)];
          return printRefund(context, refunded.document, name);
        }
        setExitCode(refunded.kind === 'unknown' ? 2 : 1);
        const text =
          refunded.kind === 'unknown' ? formatUnknown(refunded) : formatRefusal(refunded.refusal);
        printErrorText(context, text);
      });
    });
}
