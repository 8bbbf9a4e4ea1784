import type { Command } from 'commander';
import type { Result } from '../../../base/errors/result.ts';
import type { Bilingual } from '../../../contract/values.ts';
import { BATCH_ROWS_MAX } from '../../../flows/intake/application-rows.ts';
import type { HandOutDeps, HandOutReport } from '../../../flows/intake/hand-out.ts';
import { handOut, receiptColumns, takeBack } from '../../../flows/intake/hand-out.ts';
import type { CliContext, SetExitCode } from '../../cli-context.ts';
import { CliError } from '../../cli-context.ts';
import { loginOption } from '../../operator-login.ts';
import { readTableFile } from '../../table-file.ts';
import { openRejects } from '../insurance/rejects.ts';
import { type Login, onIntake } from './on-intake.ts';

/** An employer hands cards out against receipts, and returns the rest. */
export function addHandOut(command: Command, context: CliContext, setExitCode: SetExitCode): void {
  command
    .command('hand-out <batch> <file>')
    .description('登记单位已发放的卡（签收文件）/ record cards that were handed out, by receipts')
    .option(...loginOption)
    .action(async (batchNo: string, path: string, login: Login) => {
      const table = await readTableFile(context, receiptColumns, path, BATCH_ROWS_MAX);
      const report = await give(context, login, batchNo, (deps) =>
        handOut(deps, batchNo, table.rows),
      );
      tell(context, setExitCode, report);
    });
  command
    .command('take-back <batch>')
    .description('收回单位未发放的卡 / take back the cards that were not handed out')
    .option(...loginOption)
    .action(async (batchNo: string, login: Login) => {
      const report = await give(context, login, batchNo, (deps) => takeBack(deps, batchNo));
      tell(context, setExitCode, report);
    });
}

async function give(
  context: CliContext,
  login: Login,
  batchNo: string,
  run: (deps: HandOutDeps) => Promise<Result<HandOutReport, Bilingual>>,
): Promise<HandOutReport> {
  const rejects = openRejects(context, undefined);
  const done = await onIntake(context, login, async ({ records, recorded, ordering }) => {
    const batch = await records.findBatch(batchNo);
    const agreement = batch && (await records.findAgreement(batch.employer));
    const scope = { regions: agreement === undefined ? [] : [agreement.region] };
    return recorded({ action: 'card.deliver', scope, subject: batchNo }, (by) =>
      ordering((store) =>
        run({ records, store, by, now: () => Date.now(), onRejected: rejects.add }),
      ),
    );
  });
  if (!done.ok) throw new CliError(done.error);
  return done.value;
}

function tell(
  context: CliContext,
  setExitCode: SetExitCode,
  { done, refused }: HandOutReport,
): void {
  context.print(`已办理 / done: ${done}  未办理 / not done: ${refused}`);
  if (refused > 0) setExitCode(1);
}
