import { errorRegistry } from '../../../base/errors/error-registry.ts';
import { formatFen } from '../../../base/money/fen.ts';
import { isDay, isoTime } from '../../../base/time/calendar.ts';
import type { Credit } from '../../../domain/credit/credit.ts';
import type { FileKey } from '../../../domain/files/file-key.ts';
import { WHOLE_COUNTRY } from '../../../domain/principal/principal.ts';
import { keyOfPerson } from '../../../flows/registry/registers.ts';
import type {
  Act,
  CreditRecords,
  RecordedCreditFile,
  RefusedOrder,
} from '../../../ports/credits.ts';
import type { CliContext } from '../../cli-context.ts';
import { CliError } from '../../cli-context.ts';
import { printRows } from '../../print-rows.ts';
import { maskedNumber } from '../registry/register-commands.ts';
import type { Login } from './on-desk.ts';
import { onDesk } from './on-desk.ts';

type Listing = Login & { readonly json?: true };

const LISTED_MAX = 100;
const ROWS_MAX = 1_000;

/** A file by the name that commands print: "441900/2026-11-30/1". */
export function fileName({ source, date, number }: FileKey): string {
  return `${source}/${date}/${number}`;
}

/** @throws CliError when it is no name of a file */
export function keyOfFile(name: string): FileKey {
  const [source = '', date = '', number = '', ...more] = name.split('/');
  const isName = /^\d{6}$/.test(source) && isDay(date) && /^[1-9]\d{0,3}$/.test(number);
  if (isName && more.length === 0) return { source, date, number: Number(number) };
  throw new CliError({
    zh: '文件名应为 统筹区/日期/序号，如 441900/2026-11-30/1',
    en: 'A file is named region/day/number, such as 441900/2026-11-30/1',
  });
}

export async function listFiles(context: CliContext, listing: Listing): Promise<void> {
  const files = await onDesk(context, listing, ({ records }) => records.listFiles(LISTED_MAX));
  tell(context, listing, files.map(fileRow), '没有文件 / no file is on record');
}

/** A file, or the credits of a person. */
export async function showCredits(
  context: CliContext,
  what: string,
  listing: Listing,
): Promise<void> {
  if (what.includes('/')) return showFile(context, keyOfFile(what), listing);
  const key = keyOfPerson(what);
  const credits = await onDesk(context, listing, async ({ records, recorded }) => {
    const scope = { regions: [(await records.regionOf(key)) ?? WHOLE_COUNTRY], personNo: what };
    return recorded({ action: 'person.read', scope }, () => records.creditsOf(key, ROWS_MAX));
  });
  if (credits === undefined) {
    const masked = maskedNumber(what);
    throw new CliError({ zh: `没有在册：${masked}`, en: `${masked} is not on record` });
  }
  tell(context, listing, credits.map(creditRow), '没有入账 / nothing was posted');
}

async function showFile(context: CliContext, key: FileKey, listing: Listing): Promise<void> {
  const read = async (records: CreditRecords) => ({
    file: await records.findFile(key),
    refused: await records.refusedOf(key, ROWS_MAX),
  });
  const { file, refused } = await onDesk(context, listing, ({ records }) => read(records));
  if (file === undefined) throw new CliError({ zh: '没有这个文件', en: 'There is no such file' });
  if (listing.json) {
    const data = { ...fileRow(file), notPosted: refused.map(refusedRow) };
    context.print(JSON.stringify(data, undefined, 2));
    return;
  }
  printRows(context, [fileRow(file)]);
  printRows(context, refused.map(refusedRow));
}

function tell(context: CliContext, { json }: Listing, rows: readonly object[], none: string): void {
  if (json) context.print(JSON.stringify(rows, undefined, 2));
  else if (rows.length === 0) context.print(none);
  else printRows(context, rows);
}

function fileRow(file: RecordedCreditFile): object {
  const { key, rows, total, reverses, posted, refused, doneAt } = file;
  return {
    ...{ file: fileName(key), state: stateOf(file), rows, posted, refused },
    ...{ total: formatFen(total), reverses: reverses && fileName(reverses) },
    ...{ proposed: told(file.proposed), released: told(file.released) },
    ...{ withdrawn: told(file.withdrawn), doneAt: doneAt && isoTime(doneAt) },
  };
}

function stateOf({ released, withdrawn, rows, posted }: RecordedCreditFile): string {
  if (withdrawn !== undefined) return 'withdrawn';
  if (released === undefined) return 'proposed';
  return posted < rows ? 'released' : 'posted';
}

function told(act: Act | undefined): string | undefined {
  return act && `${act.by} ${isoTime(act.at)}`;
}

function creditRow({ id, file, line, kind, amount, balanceAfter, reverses, at }: Credit): object {
  return {
    ...{ id, at: isoTime(at), kind, amount: formatFen(amount) },
    ...{ balanceAfter: formatFen(balanceAfter), file: fileName(file), line, reverses },
  };
}

function refusedRow({ line, key, kind, amount, refusal }: RefusedOrder): object {
  const words = new Map<string, { readonly zh: string; readonly en: string }>(
    Object.entries(errorRegistry),
  ).get(refusal);
  return {
    ...{ line, person: maskedNumber(key.personNo), kind, amount: formatFen(amount), refusal },
    ...{ zh: words?.zh, en: words?.en },
  };
}
