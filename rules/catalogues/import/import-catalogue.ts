/**
 * Imports a catalogue from the national download files: items from 1301 to 1306, class, charge type
 * and days from 1312, price limits from 1318, own-pay shares from 1319, joined by code. Wrong rows
 * are reported and the others kept; a file with too many wrong rows is refused.
 */
import { stat } from 'node:fs/promises';
import { fail, ok, type Result } from '../../../engine/base/errors/result.ts';
import { formatProblem } from '../../kernel/problem.ts';
import type { Catalogue } from '../../model/catalogue.ts';
import type { CatalogueFile, CatalogueItemFile } from '../../model/catalogue-file.ts';
import { compileCatalogue } from '../compile-catalogue.ts';
import {
  codeShape,
  createRowReader,
  type GatheredRows,
  LAST_DAY,
  noRows,
} from './gathered-rows.ts';
import { type FileReport, type ImportReport, REJECTS_MAX, type Reject } from './import-report.ts';
import type { FileKind, ImportSettings } from './import-settings.ts';
import { itemsToJoin, type JoinTerms, joinItem } from './join-rows.ts';
import { readTable } from './read-table.ts';

export type ImportRequest = {
  /** Unpacked download files; several of one kind are read in order. */
  readonly files: readonly { readonly kind: FileKind; readonly path: string }[];
  readonly settings: ImportSettings;
  readonly id: string;
  /** Pooling region of the care places that use the catalogue, six digits. */
  readonly region: string;
  /** First and last day of the catalogue; rows of earlier days are kept from `effectiveFrom` on. */
  readonly effectiveFrom: string;
  readonly effectiveTo?: string;
  /** Where the files come from: issuer, version, day of the download. */
  readonly source: string;
  /** Called with the bytes read so far and the bytes of all files. */
  readonly onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
};

export type Imported = {
  readonly catalogue: Catalogue;
  /** The same as a file, for `writeCatalogueFile`. */
  readonly file: CatalogueFile;
  readonly report: ImportReport;
};
export type ImportRefusal = { readonly why: string; readonly report: ImportReport };

/** Throws the file system's errors, and when a file is not a table. */
export async function importCatalogue(
  request: ImportRequest,
): Promise<Result<Imported, ImportRefusal>> {
  const { settings, files } = request;
  const rows = noRows();
  const rejects: Reject[] = [];
  const reports = await gather(request, rows, rejects);
  const withoutListings = !files.some(({ kind }) => kind === '1312');
  const terms = {
    settings,
    period: { from: request.effectiveFrom, to: request.effectiveTo ?? LAST_DAY },
    withoutListings,
  };
  const { items, ownPay } = await join(rows, terms);
  const codes = new Set(items.map(({ code }) => code)).size;
  const warnings = [...collectWarnings(request, withoutListings), ...zeroLimitWarning(rows)];
  const report = { files: reports, rejects, warnings, codes, items: items.length, ownPay };
  const refusal = findRefusal(report, settings.rejectedShareMax);
  if (refusal !== undefined) return fail({ why: refusal, report });
  const file = { ...makeHead(request, warnings), items: [...items] };
  const compiled = compileCatalogue(file);
  if (!compiled.ok)
    return fail({ why: compiled.error.slice(0, 20).map(formatProblem).join('\n'), report });
  return ok({ catalogue: compiled.value, file, report });
}

async function gather(
  request: ImportRequest,
  rows: GatheredRows,
  rejects: Reject[],
): Promise<readonly FileReport[]> {
  const { settings, region } = request;
  const sizes = await Promise.all(request.files.map(async ({ path }) => (await stat(path)).size));
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let done = 0;
  const reports: FileReport[] = [];
  for (const { kind, path } of request.files) {
    const counts = { rows: 0, taken: 0, rejected: 0, invalid: 0, passedOver: 0 };
    const report = { file: path, kind, ...counts, hasHeader: false, isCut: false };
    const shape = codeShape(kind, settings);
    const source = {
      path,
      isCode: (text: string) => shape.test(text),
      settings: settings.files[kind],
      encoding: settings.encoding,
      onBytes: (count: number) => {
        done += count;
        request.onProgress?.({ done, total });
      },
      onReject: (reject: Reject) => {
        if (rejects.length < REJECTS_MAX) rejects.push(reject);
      },
    };
    await readTable(source, report, createRowReader(kind, { settings, region, rows }));
    reports.push(report);
  }
  return reports;
}

/** Items joined in one turn of the event loop. */
const ITEMS_A_TURN = 2_000;

async function join(
  rows: GatheredRows,
  terms: JoinTerms,
): Promise<{ readonly items: readonly CatalogueItemFile[]; readonly ownPay: number }> {
  const items: CatalogueItemFile[] = [];
  let [ownPay, count] = [0, 0];
  for (const item of itemsToJoin(rows)) {
    const joined = joinItem(item, terms);
    if (joined.every(({ itemClass }) => itemClass === '03') && item.listings.length === 0)
      ownPay += 1;
    items.push(...joined);
    count += 1;
    if (count % ITEMS_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  return { items, ownPay };
}

function findRefusal(report: ImportReport, rejectedShareMax: string): string | undefined {
  for (const { file, rows, rejected, isCut } of report.files) {
    // Whoever takes any share of rejected rows takes what there is of the file.
    if (isCut && rejectedShareMax !== '1')
      return `${file} ends within a row: what came after it is missing, so the file is not whole`;
    // In ten-thousandths, so that no share is rounded.
    if (rejected * 10_000 > rows * Math.round(Number(rejectedShareMax) * 10_000))
      return `${file}: ${rejected} of ${rows} rows rejected, more than ${rejectedShareMax} of them`;
  }
  return report.items === 0 ? 'no item is left: nothing in these files is listed' : undefined;
}

function collectWarnings(request: ImportRequest, withoutListings: boolean): readonly string[] {
  const kinds = new Set(request.files.map(({ kind }) => kind));
  const warnings = [...kinds].sort().flatMap((kind) => {
    const { unverified } = request.settings.files[kind];
    return unverified === undefined ? [] : [`Columns of ${kind} are not verified: ${unverified}`];
  });
  if (withoutListings)
    warnings.push('No 1312 file: class and days are those of 1301, everything else is own-pay.');
  if (!kinds.has('1318')) warnings.push('No 1318 file: no item has a price limit.');
  if (!kinds.has('1319')) warnings.push('No 1319 file: own-pay shares are assumed by class.');
  return warnings;
}

function zeroLimitWarning({ limits }: GatheredRows): readonly string[] {
  const count = [...limits.values()].flat().filter(({ wasZero }) => wasZero).length;
  if (count === 0) return [];
  return [`1318: ${count} limits of 0 are taken as no limit (setting zeroPriceLimit).`];
}

function makeHead(
  request: ImportRequest,
  warnings: readonly string[],
): Omit<CatalogueFile, 'items'> {
  const { id, region, effectiveFrom, effectiveTo, source } = request;
  const about = ['Imported from the national download files.', ...warnings];
  const until = effectiveTo === undefined ? {} : { effectiveTo };
  return { about, id, regions: [region], effectiveFrom, ...until, source };
}
