import { createHash } from 'node:crypto';
import { createReadStream, readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { compareCatalogues } from '../../../../rules/catalogues/compare-catalogues.ts';
import {
  type ImportRequest,
  importCatalogue,
} from '../../../../rules/catalogues/import/import-catalogue.ts';
import {
  type ImportReport,
  rejectsCsv,
} from '../../../../rules/catalogues/import/import-report.ts';
import {
  detectFileKind,
  FILE_KINDS,
  type ImportSettings,
  importSettings,
} from '../../../../rules/catalogues/import/import-settings.ts';
import { formatProblem, formatProblemZh } from '../../../../rules/kernel/problem.ts';
import type { Catalogue } from '../../../../rules/model/catalogue.ts';
import { isDay } from '../../../base/time/calendar.ts';
import { readConfig } from '../../../ops/config.ts';
import type { CliContext } from '../../cli-context.ts';
import { CliError } from '../../cli-context.ts';
import { openProgressBar } from '../../progress-bar.ts';
import { readJsonFile } from './read-file.ts';

type ImportOptions = {
  readonly region: string;
  readonly from: string;
  readonly files: readonly string[];
  readonly columns?: string;
  readonly rejects?: string;
  readonly maxRejected?: string;
  readonly replaces?: true;
};

type SourceFiles = ImportRequest['files'];

/** `yikatong rules import-catalogue`: imports the national download files as a region's catalogue. */
export function addImportCatalogue(rules: Command, context: CliContext): void {
  rules
    .command('import-catalogue')
    .description(
      '导入医保目录（国家平台下载文件），一次切换 / import the download files of the national platform ' +
        'as the catalogue of a region, and switch over to it',
    )
    .requiredOption('--region <code>', '就医地统筹区 / region of the care places, six digits')
    .requiredOption('--from <date>', '生效日期 / first day, 2027-01-01')
    .requiredOption(
      '--files <paths...>',
      `文件或目录，文件名含接口号 / files or folders; names hold one of ${FILE_KINDS.join(', ')}`,
    )
    .option('--columns <file>', '列与代码的设置 / settings of columns and codes, JSON')
    .option('--rejects <file>', '被拒行写入该 CSV / write rejected rows to this CSV')
    .option('--max-rejected <share>', '允许的被拒比例 / share that may be rejected, such as 1%')
    .option(
      '--replaces',
      '取代同一地区、同一首日的目录 / take the place of the catalogue of this region and day',
    )
    .action(async (options: ImportOptions) => {
      const config = readConfig(context.env);
      const files = sourceFiles(options.files);
      const catalogue = await readFiles(context, files, options);
      const { importedCatalogue, installCatalogue } = await context.loadMain();
      const before = await importedCatalogue(config, catalogueOf(options));
      if (before !== undefined) tellReplaced(context, options, { before, after: catalogue });
      const bar = openProgressBar('写入 / storing');
      try {
        await installCatalogue(config, {
          region: options.region,
          catalogue,
          digest: await digestFiles(files),
          onProgress: (done) => bar.update(done, catalogue.items.size),
        });
      } finally {
        bar.stop();
      }
      const { region, from } = options;
      context.print(
        `已切换 / switched over: ${region} 自 ${from} 起 / from ${from} on, ` +
          `${catalogue.items.size} 个编码 / codes`,
      );
    });
}

function catalogueOf({ region, from }: ImportOptions) {
  return { region, effectiveFrom: from };
}

/** Prints what changes. @throws CliError without --replaces */
function tellReplaced(
  context: CliContext,
  { region, from, replaces }: ImportOptions,
  { before, after }: { readonly before: Catalogue; readonly after: Catalogue },
): void {
  const { added, gone, itemClass, ownPayShare, priceLimit } = compareCatalogues(before, after);
  context.print(
    `取代 ${region} 自 ${from} 起的目录 / in place of the catalogue of ${region} from ${from} on:`,
  );
  for (const [count, words] of [
    [added, '新增编码 / codes added'],
    [gone, '不再列出的编码 / codes gone'],
    [itemClass, '类别（甲乙丙）变更 / codes of another class'],
    [ownPayShare, '自付比例变更 / codes of another own-pay share'],
    [priceLimit, '限价变更 / codes of another price limit'],
  ] as const)
    context.print(`  ${count}  ${words}`);
  if (replaces) return;
  throw new CliError({
    zh: '目录未导入，原目录不变：同一地区、同一首日的目录正在使用；确认取代请加 --replaces',
    en:
      'Nothing was imported, the catalogue before stays: ' +
      'one of this region and first day is in force; --replaces takes its place',
  });
}

async function readFiles(
  context: CliContext,
  files: SourceFiles,
  options: ImportOptions,
): Promise<Catalogue> {
  const settings = readSettings(options);
  const { region, from, rejects } = options;
  checkOptions(options);
  const bar = openProgressBar('读取 / reading');
  const request: ImportRequest = {
    files,
    settings,
    id: `${region}/${from}-imported`,
    region,
    effectiveFrom: from,
    source: files.map(({ path }) => basename(path)).join(', '),
    onProgress: ({ done, total }) => bar.update(done, total),
  };
  const imported = await importCatalogue(request).finally(() => bar.stop());
  const { report } = imported.ok ? imported.value : imported.error;
  printReport(context, report);
  if (rejects !== undefined) {
    writeFileSync(rejects, rejectsCsv(report.rejects));
    context.print(`被拒行 / rejected rows: ${rejects}`);
  }
  if (imported.ok) return imported.value.catalogue;
  const { why } = imported.error;
  throw new CliError({
    zh: `目录未导入，原目录不变：${why}`,
    en: `Nothing was imported, the catalogue before stays: ${why}`,
  });
}

function checkOptions({ region, from }: ImportOptions): void {
  if (/^\d{6}$/.test(region) && isDay(from)) return;
  throw new CliError({
    zh: '--region 应为六位区划代码，--from 应为日期，如 2027-01-01',
    en: '--region takes six digits and --from a day such as 2027-01-01',
  });
}

/** The source files. A named file must be of a known kind; in a folder other files are ignored. */
function sourceFiles(paths: readonly string[]): SourceFiles {
  const files = paths.flatMap((path) => {
    const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory();
    if (isFolder === undefined) throw unreadable(path);
    const found = isFolder ? readdirSync(path).map((name) => join(path, name)) : [path];
    return found.flatMap((file) => {
      const kind = detectFileKind(file);
      if (kind === undefined && !isFolder) throw unknownKind(file);
      return kind === undefined ? [] : [{ kind, path: file }];
    });
  });
  if (files.length === 0) throw unknownKind(paths.join(', '));
  return files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

function readSettings({ columns, maxRejected }: ImportOptions): ImportSettings {
  const read = columns === undefined ? importSettings() : importSettings(readJsonFile(columns));
  if (!read.ok) {
    const [zh, en] = [formatProblemZh, formatProblem].map((format) =>
      read.error.map(format).join('\n'),
    );
    throw new CliError({
      zh: `设置文件不正确：\n${zh}`,
      en: `The settings are not right:\n${en}`,
    });
  }
  if (maxRejected === undefined) return read.value;
  return { ...read.value, rejectedShareMax: readPercentage(maxRejected) };
}

/** "1%" or "0.5%" → "0.01", "0.005". */
function readPercentage(text: string): string {
  const match = /^(\d{1,2}|100)(?:\.(\d{1,2}))?%$/.exec(text);
  if (match === null) {
    throw new CliError({
      zh: '--max-rejected 应为百分比，如 1%',
      en: '--max-rejected takes a percentage such as 1%',
    });
  }
  const parts = BigInt((match[1] ?? '') + (match[2] ?? '').padEnd(2, '0'));
  if (parts >= 10_000n) return '1';
  return `0.${parts.toString().padStart(4, '0')}`;
}

function unreadable(path: string): CliError {
  return new CliError({ zh: `无法读取：${path}`, en: `This cannot be read: ${path}` });
}

function unknownKind(path: string): CliError {
  const kinds = FILE_KINDS.join(', ');
  return new CliError({
    zh: `文件名中没有接口号（${kinds}）：${path}`,
    en: `No file name holds one of the numbers ${kinds}: ${path}`,
  });
}

/** Rejected rows that are printed; the file of --rejects has all. */
const REJECTS_PRINTED = 5;

function printReport(context: CliContext, report: ImportReport): void {
  for (const { file, kind, rows, taken, rejected, invalid } of report.files) {
    context.print(
      `${kind} ${basename(file)}: ${rows} 行 / rows, ${taken} 采用 / taken, ` +
        `${rejected} 被拒 / rejected, ${invalid} 失效 / no longer valid`,
    );
  }
  for (const warning of report.warnings) context.print(`注意 / note: ${warning}`);
  for (const { file, line, code, column, value, rule, zh } of report.rejects.slice(
    0,
    REJECTS_PRINTED,
  )) {
    context.printError(
      `${basename(file)}:${line} ${code} ${column}: ${JSON.stringify(value)} – ${zh} / ${rule}`,
    );
  }
}

async function digestFiles(files: SourceFiles): Promise<string> {
  const hash = createHash('sha256');
  for (const { path } of files) {
    await pipeline(createReadStream(path), hash, { end: false });
  }
  return hash.digest('hex');
}
