import type { Command } from 'commander';
import { isoTime } from '../../../base/time/calendar.ts';
import type { InsuranceDesk } from '../../../compose/insurance.ts';
import type { FileKey } from '../../../domain/files/file-key.ts';
import { relationSpans } from '../../../domain/insurance/relation.ts';
import { WHOLE_COUNTRY } from '../../../domain/principal/principal.ts';
import { affectedSettlements } from '../../../flows/insurance/earlier-settlements.ts';
import { importRelations } from '../../../flows/insurance/import-relations.ts';
import { relationColumns } from '../../../flows/insurance/relation-rows.ts';
import { keyOfPerson } from '../../../flows/registry/registers.ts';
import { readConfig } from '../../../ops/config.ts';
import type { InsuranceRecords, RecordedFile } from '../../../ports/insurance.ts';
import { openBatchFile } from '../../batch-file.ts';
import type { CliContext, SetExitCode } from '../../cli-context.ts';
import { CliError } from '../../cli-context.ts';
import { openCsvFile } from '../../csv-file.ts';
import { loginOption, readCredentials } from '../../operator-login.ts';
import { printRows } from '../../print-rows.ts';
import { openProgressBar } from '../../progress-bar.ts';
import { maskedNumber } from '../registry/register-commands.ts';
import { openRejects } from './rejects.ts';

type Login = { readonly login?: string };
type Listing = Login & { readonly json?: true };
type Order = Login & { readonly rejects?: string; readonly affected?: string };

/**
 * `yikatong insurance …`: the insurers' daily files of insurance relations (参保关系), and what became of
 * them.
 */
export function addInsurance(
  program: Command,
  context: CliContext,
  setExitCode: SetExitCode,
): void {
  const group = program
    .command('insurance')
    .description('参保关系 / insurance relations of persons');
  group
    .command('import <file>')
    .description('导入参保关系日文件，格式见文件格式页 / take an insurer’s daily file')
    .option('--rejects <csv>', '被拒行写入该 CSV / write rejected rows to this CSV')
    .option('--affected <csv>', '受影响的已结算写入该 CSV / write affected settlements to this CSV')
    .option(...loginOption)
    .action((path: string, order: Order) => importFile(context, setExitCode, path, order));
  group
    .command('show <personNo>')
    .description('一人的参保关系及其历史 / the relations of a person, and their history')
    .option('--json', 'JSON')
    .option(...loginOption)
    .action((personNo: string, listing: Listing) => show(context, personNo, listing));
  group
    .command('files')
    .description('最近导入的文件 / the files that came last')
    .option('--json', 'JSON')
    .option(...loginOption)
    .action((listing: Listing) => listFiles(context, listing));
}

async function onRecords<T>(
  context: CliContext,
  { login }: Login,
  use: (desk: InsuranceDesk) => Promise<T>,
): Promise<T> {
  const { withInsurance } = await context.loadMain();
  const credentials = await readCredentials(context, login);
  return withInsurance(readConfig(context.env), credentials, use);
}

async function importFile(
  context: CliContext,
  setExitCode: SetExitCode,
  path: string,
  order: Order,
): Promise<void> {
  const file = await openBatchFile(context, 'insurance', relationColumns, path);
  const rejects = openRejects(context, order.rejects);
  const bar = openProgressBar('导入 / importing');
  const report = await onRecords(context, order, async ({ records, recorded }) => {
    const { key } = file.head;
    const act = { action: 'insurance.import', scope: { regions: [key.source] } } as const;
    const subject = [key.source, key.date, key.number].join('/');
    const done = await recorded({ ...act, subject }, () =>
      importRelations(
        {
          ...{ records, clock: { now: () => Date.now() }, onRejected: rejects.add },
          onProgress: (rows) => bar.update(rows, file.head.rows),
        },
        file,
      ),
    );
    bar.stop();
    if (done.ok) await tellAffected(context, records, key, order.affected);
    return done;
  }).finally(() => {
    bar.stop();
    rejects.close();
  });
  if (!report.ok) throw new CliError(report.error);
  const { read, added, rejected, isRepeated } = report.value;
  if (isRepeated)
    context.print('该文件已全部导入，无变化 / this file is on record; nothing changed');
  else {
    context.print(
      `读取 / read: ${read}  新增 / added: ${added}  已在册 / on record already: ${read - added - rejected}  被拒 / rejected: ${rejected}`,
    );
  }
  if (rejected > 0) setExitCode(1);
}

const affectedColumns = [
  ...['settlement', 'service_date', 'region', 'scheme', 'person_type'],
  ...['region_now', 'scheme_now', 'person_type_now'],
];

/** Settled bills stay as they are; whoever is responsible must know of them. */
async function tellAffected(
  context: CliContext,
  records: InsuranceRecords,
  key: FileKey,
  path: string | undefined,
): Promise<void> {
  const csv = path === undefined ? undefined : openCsvFile(path, affectedColumns);
  let affected = 0;
  try {
    for await (const bill of affectedSettlements(records, key)) {
      affected += 1;
      const { now } = bill;
      csv?.write([
        ...[bill.id, bill.serviceDate, bill.region, bill.scheme, bill.personType],
        ...[now?.region ?? '', now?.scheme ?? '', now?.personType ?? ''],
      ]);
    }
  } finally {
    csv?.close();
  }
  if (affected === 0) return;
  context.print(
    `${affected} 笔已结算的费用按现有参保关系会有不同，未作改动${path === undefined ? '；用 --affected 列出' : ''} / ` +
      `${affected} settled bills would be decided otherwise now; none was changed${path === undefined ? '; --affected lists them' : ''}`,
  );
}

async function show(context: CliContext, personNo: string, listing: Listing): Promise<void> {
  const key = keyOfPerson(personNo);
  const changes = await onRecords(context, listing, async ({ records, recorded }) => {
    const scope = { regions: [(await records.regionOf(key)) ?? WHOLE_COUNTRY], personNo };
    return recorded({ action: 'person.read', scope }, () => records.changesOf(key));
  });
  if (changes === undefined) {
    const masked = maskedNumber(personNo);
    throw new CliError({ zh: `没有在册：${masked}`, en: `${masked} is not on record` });
  }
  const spans = [...relationSpans(changes).values()].flat();
  const history = changes.map(({ key: _, file, recordedAt, ...change }) => ({
    ...change,
    file: `${file.source}/${file.date}/${file.number}`,
    recordedAt: isoTime(recordedAt),
  }));
  if (listing.json) {
    context.print(JSON.stringify({ relations: spans, history }, undefined, 2));
    return;
  }
  if (spans.length === 0) context.print('没有参保关系 / no relation is on record');
  printRows(context, spans);
  if (history.length > 0) context.print('历史 / history');
  printRows(context, history);
}

const LISTED_MAX = 100;

async function listFiles(context: CliContext, listing: Listing): Promise<void> {
  const files = await onRecords(context, listing, ({ records }) => records.listFiles(LISTED_MAX));
  const shown = files.map(fileRow);
  if (listing.json) context.print(JSON.stringify(shown, undefined, 2));
  else if (shown.length === 0) context.print('没有文件 / no file is on record');
  else printRows(context, shown);
}

function fileRow({ key, hash, rows, by, startedAt, doneAt, rejected }: RecordedFile): object {
  return {
    ...{ source: key.source, date: key.date, number: key.number, rows, hash: hash.slice(0, 16) },
    ...{ by, startedAt: isoTime(startedAt), doneAt: doneAt && isoTime(doneAt), rejected },
  };
}
