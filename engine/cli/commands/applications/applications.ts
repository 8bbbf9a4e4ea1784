import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { businessDateOf, isDay, isoTime } from '../../../base/time/calendar.ts';
import { applicationColumns, BATCH_ROWS_MAX } from '../../../flows/intake/application-rows.ts';
import { importBatch } from '../../../flows/intake/import-batch.ts';
import type { BatchRowState } from '../../../ports/intake.ts';
import { applicationForm } from '../../../render/application-form.ts';
import type { CliContext, SetExitCode } from '../../cli-context.ts';
import { CliError } from '../../cli-context.ts';
import { loginOption } from '../../operator-login.ts';
import { printRows } from '../../print-rows.ts';
import { openProgressBar } from '../../progress-bar.ts';
import { readTableFile, writeTableFile } from '../../table-file.ts';
import { openRejects } from '../insurance/rejects.ts';
import { maskedNumber } from '../registry/register-commands.ts';
import { addHandOut } from './hand-out.ts';
import { type Login, onIntake } from './on-intake.ts';

type Group = { readonly context: CliContext; readonly setExitCode: SetExitCode };

/** `yikatong applications …`: employers' batches of applications for cards (单位批量申领). */
export function addApplications(
  program: Command,
  context: CliContext,
  setExitCode: SetExitCode,
): void {
  const command = program
    .command('applications')
    .description('单位批量申领社会保障卡 / employers’ applications for cards of their staff');
  const group = { context, setExitCode };
  addAgreements(command, group);
  addTemplate(command, group);
  addImport(command, group);
  addShow(command, group);
  addHandOut(command, context, setExitCode);
  addOverdue(command, group);
}

type Terms = Login & {
  readonly name: string;
  readonly region: string;
  readonly no: string;
  readonly from: string;
  readonly until?: string;
  readonly bank?: string;
};

function addAgreements(command: Command, { context }: Group): void {
  command
    .command('agreement <employer>')
    .description('登记或更新单位申领协议 / put an employer’s agreement on record, or change it')
    .requiredOption('--name <text>', '单位名称 / name')
    .requiredOption('--region <code>', '统筹区 / region')
    .requiredOption('--no <number>', '协议编号 / number of the agreement')
    .requiredOption('--from <day>', '生效日 / first day')
    .option('--until <day>', '终止日 / last day')
    .option('--bank <code>', '指定的发卡银行 / the bank that its staff is bound to')
    .option(...loginOption)
    .action(async (employer: string, terms: Terms) => {
      const { name, region, no: agreementNo, from, until, bank } = terms;
      if (!isDay(from) || (until !== undefined && !isDay(until))) throw new CliError(notADay);
      const act = {
        action: 'card.review',
        scope: { regions: [region] },
        subject: employer,
      } as const;
      const agreement = { employer, name, region, agreementNo, from, until, bank };
      await onIntake(context, terms, ({ records, recorded }) =>
        recorded(act, () => records.saveAgreement(agreement, Date.now())),
      );
      context.print(`已登记 / on record: ${employer}`);
    });
  command
    .command('bind-bank <personType>')
    .description('为一类人员指定发卡银行 / bind the cards of a person type to one bank')
    .requiredOption('--region <code>', '统筹区 / region')
    .requiredOption('--bank <code>', '发卡银行 / issuing bank')
    .option(...loginOption)
    .action(async (personType: string, options: Login & { region: string; bank: string }) => {
      const { region, bank } = options;
      const act = {
        action: 'card.review',
        scope: { regions: [region] },
        subject: personType,
      } as const;
      await onIntake(context, options, ({ records, recorded }) =>
        recorded(act, () => records.bindBank(region, personType, bank)),
      );
      context.print(`已指定 / bound: ${region} ${personType} → ${bank}`);
    });
}

const notADay = { zh: '日期不正确，如 2026-11-30', en: 'A day is written as 2026-11-30' };

function addTemplate(command: Command, { context }: Group): void {
  command
    .command('template <file>')
    .description('写出空白模板（.csv 或 .xlsx）/ write an empty table to fill in')
    .action(async (path: string) => {
      const names = applicationColumns.map(({ name }) => name);
      const example = ['44190000000000000000000001', '张三', '', 'id-record'];
      await writeTableFile(path, names, [example]);
      context.print(`已写出 / written: ${path}`);
    });
}

const BATCH_NO = /^[A-Z0-9]{6,16}$/;

type Import = Login & {
  readonly employer: string;
  readonly batch: string;
  readonly rejects?: string;
};

function addImport(command: Command, { context, setExitCode }: Group): void {
  command
    .command('import <file>')
    .description('受理一个批次（CSV 或 XLSX）/ take a batch')
    .requiredOption('--employer <code>', '单位编号 / employer')
    .requiredOption('--batch <no>', '批次号，6 至 16 位大写字母或数字 / number of the batch')
    .option('--rejects <csv>', '有误的行写入该 CSV / write wrong rows to this CSV')
    .option(...loginOption)
    .action(async (path: string, order: Import) => {
      const { employer, batch: batchNo } = order;
      if (!BATCH_NO.test(batchNo)) throw new CliError(wrongBatchNo);
      const table = await readTableFile(context, applicationColumns, path, BATCH_ROWS_MAX);
      const rejects = openRejects(context, order.rejects);
      const bar = openProgressBar('受理 / taking');
      const report = await onIntake(context, order, async ({ records, recorded, ordering }) => {
        const agreement = await records.findAgreement(employer);
        const scope = { regions: agreement === undefined ? [] : [agreement.region] };
        return recorded({ action: 'card.apply', scope, subject: batchNo }, (by) =>
          ordering((store) =>
            importBatch(
              {
                ...{ records, store, by, now: () => Date.now(), onRejected: rejects.add },
                onProgress: bar.update,
              },
              { batchNo, employer, hash: table.hash, source: table.rows },
            ),
          ),
        );
      }).finally(() => {
        bar.stop();
        rejects.close();
      });
      if (!report.ok) throw new CliError(report.error);
      const { rows, applied, refused } = report.value;
      context.print(
        `行 / rows: ${rows}  已申领 / applied: ${applied}  被拒 / refused: ${refused}` +
          (refused > 0 ? `\n原因见 / for the reasons: yikatong applications show ${batchNo}` : ''),
      );
      if (refused > 0) setExitCode(1);
    });
}

const wrongBatchNo = {
  zh: '批次号为 6 至 16 位大写字母或数字',
  en: 'A batch number is 6 to 16 capital letters or digits',
};

type Show = Login & { readonly json?: true; readonly csv?: string };

function addShow(command: Command, { context }: Group): void {
  command
    .command('show <batch>')
    .description('批次汇总表：每行的申领、状态与预计领卡日 / summary form of a batch')
    .option('--json', 'JSON')
    .option('--csv <file>', '写入该 .csv 或 .xlsx / write it to this .csv or .xlsx')
    .option(...loginOption)
    .action(async (batchNo: string, options: Show) => {
      const rows = await onIntake(context, options, ({ records }) => records.rowsOf(batchNo));
      if (rows.length === 0) throw new CliError(noBatch);
      const shown = rows.map(summaryRow);
      const [first = {}] = shown;
      if (options.csv !== undefined) {
        const cells = shown.map((row) => Object.values(row).map(String));
        await writeTableFile(options.csv, Object.keys(first), cells);
        context.print(`已写出 / written: ${options.csv}`);
      } else if (options.json) context.print(JSON.stringify(shown, undefined, 2));
      else printRows(context, shown);
    });
  command
    .command('form <batch> <line>')
    .description('一行的申领表，带条码（SVG）/ the form of one row, with its barcode')
    .requiredOption('--out <svg>', '写入该文件 / write it to this file')
    .option(...loginOption)
    .action(async (batchNo: string, line: string, options: Login & { readonly out: string }) => {
      const desk = await onIntake(context, options, async ({ records }) => ({
        rows: await records.rowsOf(batchNo),
        batch: await records.findBatch(batchNo),
      }));
      const row = desk.rows.find((one) => String(one.line) === line);
      if (row === undefined) throw new CliError(noBatch);
      const { applicationNo, bank, photo } = row;
      const expectedOn = row.dueAt && dayBeforeEnd(row.dueAt);
      const employer = desk.batch?.employer;
      const text = { applicationNo, bank, photo, employer, expectedOn: expectedOn || undefined };
      writeFileSync(options.out, applicationForm(text));
      context.print(`已写出 / written: ${options.out}`);
    });
}

const noBatch = { zh: '没有这个批次或这一行', en: 'There is no such batch or row' };

/** The last day, of the moment at which it is over. */
function dayBeforeEnd(endMs: number): string {
  return businessDateOf(endMs - 1);
}

function summaryRow({ line, key, applicationNo, bank, state, ...row }: BatchRowState) {
  return {
    ...{ line, person: maskedNumber(key.personNo), applicationNo, bank, photo: row.photo },
    state: row.cardStatus ?? state ?? 'refused',
    expectedOn: row.dueAt === undefined ? '' : dayBeforeEnd(row.dueAt),
    ...{ refusal: row.refusal ?? '', detail: row.detail ?? '' },
  };
}

function addOverdue(command: Command, { context, setExitCode }: Group): void {
  command
    .command('overdue')
    .description('逾期未制成的卡、单位逾期未发放的卡 / cards that are late')
    .option('--json', 'JSON')
    .option(...loginOption)
    .action(async (options: Login & { readonly json?: true }) => {
      const late = await onIntake(context, options, ({ records }) => records.openCards(Date.now()));
      const rows = late.map(({ since, employer, ...card }) => ({
        ...card,
        ...{ employer: employer ?? '', since: isoTime(since) },
      }));
      if (options.json) context.print(JSON.stringify(rows, undefined, 2));
      else if (rows.length === 0) context.print('没有逾期 / nothing is late');
      else printRows(context, rows);
      if (rows.length > 0) setExitCode(1);
    });
}
