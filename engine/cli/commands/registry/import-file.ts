import type {
  ImportReport,
  Register,
  Rejection,
  SourceRow,
} from '../../../flows/registry/import-register.ts';
import { importRegister } from '../../../flows/registry/import-register.ts';
import type { Cells } from '../../../flows/registry/record.ts';
import { problemsOfHead } from '../../../flows/registry/record.ts';
import type { CliContext } from '../../cli-context.ts';
import { CliError } from '../../cli-context.ts';
import { openCsvFile } from '../../csv-file.ts';
import { csvHead, csvRows } from '../../csv-rows.ts';
import { openProgressBar } from '../../progress-bar.ts';
import { wrongCell } from './column-options.ts';

export type ImportOptions = { readonly rejects?: string; readonly dryRun?: boolean };

/** Rejected rows that are printed; all of them go to the file of `--rejects`. */
const PRINTED_MAX = 20;

/**
 * Imports a CSV file, and prints what became of it.
 * @throws CliError when a row is wrong: then nothing was written
 */
export async function importFile<Row>(
  context: CliContext,
  register: Register<Row>,
  path: string,
  { rejects, dryRun = false }: ImportOptions,
): Promise<void> {
  const wrongHead = problemsOfHead(register.columns, await csvHead(path));
  for (const { column, zh, en } of wrongHead) context.printError(`${column}: ${zh} / ${en}`);
  if (wrongHead.length > 0) throw refused(path);
  let total = 0;
  for await (const _ of csvRows(path)) total += 1;
  const file = rejects === undefined ? undefined : openCsvFile(rejects, rejectColumns);
  const bar = openProgressBar('读取、写入 / reading, storing');
  let printed = 0;
  try {
    const report = await importRegister({
      register,
      source: () => csvRows(path),
      isDryRun: dryRun,
      onRejected: ({ line, column, zh, en }: Rejection) => {
        file?.write([String(line), column, zh, en]);
        if (++printed <= PRINTED_MAX)
          context.printError(`第 ${line} 行 / line ${line}, ${column}: ${zh} / ${en}`);
      },
      onProgress: (rows) => bar.update(rows, total),
    });
    bar.stop();
    printReport(context, report, dryRun);
    if (report.rejected > 0) throw refused(path);
  } finally {
    bar.stop();
    file?.close();
  }
}

const rejectColumns = ['line', 'column', 'zh', 'en'];

function printReport(context: CliContext, report: ImportReport, isDryRun: boolean): void {
  const { read, added, known, rejected } = report;
  context.print(
    `读取 / read: ${read}  新增 / added: ${added}  已在册 / on record already: ${known}  被拒 / rejected: ${rejected}` +
      (isDryRun ? '  （未写入 / nothing was written）' : ''),
  );
}

function refused(path: string): CliError {
  return new CliError({
    zh: `${path} 有错误的行，未写入任何内容；请改正后重试`,
    en: `${path} has wrong rows, and nothing was written; correct them and try again`,
  });
}

/**
 * Puts one row on record.
 * @throws CliError when it is wrong or on record already
 */
export async function addRow<Row>(
  context: CliContext,
  register: Register<Row>,
  cells: Cells,
): Promise<void> {
  const problems: Rejection[] = [];
  async function* source(): AsyncGenerator<SourceRow> {
    yield { line: 1, cells };
  }
  const report = await importRegister({
    ...{ register, source, isDryRun: false },
    onRejected: (problem) => problems.push(problem),
    onProgress: () => undefined,
  });
  const [first] = problems;
  if (first !== undefined) throw wrongCell(first);
  if (report.known > 0) {
    throw new CliError({
      zh: '已经在册；修改请用 replace',
      en: 'It is on record already; use replace',
    });
  }
  context.print('已登记 / on record');
}
