import { setTimeout as wait } from 'node:timers/promises';
import type { Command } from 'commander';
import { counterPatience, submit } from '../../../terminal-adapter/agent/submit.ts';
import type { CliContext } from '../cli-context.ts';
import { formatRefusal, formatUnknown } from '../format-refusal.ts';
import { printRefund } from '../print-settlement.ts';
import type { SetExitCode } from '../program.ts';
import type { SandboxCounter } from '../sandbox-counter.ts';
import type { AtCounter } from './settlement.ts';
import { atCounter, withCounter } from './settlement.ts';

/** `yikatong refund <id>`: gives back all that is left of a settlement, or single lines of it. */
export function addRefund(program: Command, context: CliContext, setExitCode: SetExitCode): void {
  atCounter(program.command('refund <id>'))
    .description('退费（整单或按明细）/ refund a settlement, or lines of it')
    .option('--line <no...>', '只退这些明细 / only these lines')
    .action(async (id: string, options: AtCounter & { readonly line?: readonly string[] }) => {
      await withCounter(context, options, async (counter) => {
        const refunded = await refundAt(counter, id, options.line);
        if (refunded.kind === 'approved') return printRefund(context, refunded.body);
        setExitCode(refunded.kind === 'unknown' ? 2 : 1);
        const text =
          refunded.kind === 'unknown'
            ? formatUnknown(refunded.requestKey)
            : formatRefusal(refunded.refusal);
        context.printError(text.zh);
        context.printError(text.en);
      });
    });
}

/** The key is in the journal before the request leaves; trouble on the way ends in an enquiry. */
async function refundAt(counter: SandboxCounter, id: string, lines: readonly string[] | undefined) {
  const { client, journal, clock } = counter;
  const requestKey = `refund${Buffer.from(clock.randomBytes(15)).toString('base64url')}`;
  const request = lines === undefined ? { requestKey } : { requestKey, lines };
  const patience = counterPatience;
  const submitted = await submit(
    { client, journal, clock, patience, wait: (ms) => wait(ms) },
    // What comes back is the engine's to say; the journal has no amount yet.
    { kind: 'refund', amount: '0.00', request, send: () => client.refund(id, request) },
  );
  return { ...submitted, requestKey };
}
