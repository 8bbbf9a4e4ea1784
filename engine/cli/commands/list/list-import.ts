import type { Command } from 'commander';
import { ok } from '../../../base/errors/result.ts';
import { levelTexts } from '../../../domain/invalid-list/list-texts.ts';
import { readListFile } from '../../../flows/invalid-list/check-list-file.ts';
import type { ImportedList } from '../../../flows/invalid-list/import-list.ts';
import { importList } from '../../../flows/invalid-list/import-list.ts';
import { readConfig } from '../../../ops/config.ts';
import type { CliContext } from '../../cli-context.ts';
import { CliError } from '../../cli-context.ts';
import { loginOption, readCredentials } from '../../operator-login.ts';
import { openProgressBar } from '../../progress-bar.ts';
import { refusedList } from './list-refusals.ts';

type Login = { readonly login?: string };
const titles = { check: '核对 / checking', apply: '写入 / storing' };
const MEBI = 1_048_576;

/** `yikatong list import` and `yikatong list delta`. */
export function addListImport(group: Command, context: CliContext): void {
  group
    .command('import <file>')
    .description(
      '导入全量或增量名单文件（.gz 亦可）；中断后重新运行即可续传 / import a full list or a delta, also .gz; run it again to go on after an interruption',
    )
    .option(...loginOption)
    .action((file: string, { login }: Login) => runImport(context, file, login));
  group
    .command('delta <file>')
    .description('导入增量；全量文件不接受 / import a delta; a full list is refused')
    .option(...loginOption)
    .action(async (file: string, { login }: Login) => {
      await requireDelta(context, file);
      await runImport(context, file, login);
    });
}

async function requireDelta(context: CliContext, path: string): Promise<void> {
  const { openListFile } = await context.loadMain();
  let isDelta = false;
  const headerOnly = { kind: 'header-only' } as const;
  await readable(path, () =>
    readListFile(
      openListFile(path),
      async ({ base }) => {
        isDelta = base !== undefined;
        return { ok: false, error: headerOnly };
      },
      async () => ok(undefined),
    ),
  );
  if (isDelta) return;
  throw new CliError({
    zh: `${path} 不是增量名单；全量请用 yikatong list import`,
    en: `${path} is no delta; import a full list with yikatong list import`,
  });
}

async function runImport(
  context: CliContext,
  path: string,
  login: string | undefined,
): Promise<void> {
  const credentials = await readCredentials(context, login);
  const { openListFile, withInvalidLists } = await context.loadMain();
  let shown: 'check' | 'apply' = 'check';
  let bar = openProgressBar(titles.check);
  const onProgress = (phase: 'check' | 'apply', rows: number, total: number): void => {
    if (phase !== shown) {
      bar.stop();
      bar = openProgressBar(titles[phase]);
      shown = phase;
    }
    bar.update(rows, total);
  };
  const clock = { now: () => Date.now() };
  const startedAt = performance.now();
  try {
    const imported = await readable(path, () =>
      withInvalidLists(readConfig(context.env), credentials, ({ lists }) =>
        importList({ lists, clock, onProgress }, openListFile(path)),
      ),
    );
    bar.stop();
    if (!imported.ok) throw refusedList(imported.error);
    printImport(context, imported.value, performance.now() - startedAt);
  } finally {
    bar.stop();
  }
}

function printImport(
  context: CliContext,
  { header, change, resumedAt }: ImportedList,
  tookMs: number,
): void {
  const { level, region, version, entries } = header;
  const { zh, en } = levelTexts[level];
  const name = `${zh} / ${en} ${region}`;
  if (change === undefined) {
    context.print(
      `${name}：第 ${version} 版已生效，无需再导入 / version ${version} is in force already`,
    );
    return;
  }
  const { added, removed } = change;
  context.print(`${name}：第 ${version} 版生效 / version ${version} is in force`);
  context.print(
    `列入 / listed: ${added}  移出 / taken off: ${removed}  共 / in all: ${entries}` +
      (resumedAt > 0 ? `  续传自第 ${resumedAt} 行 / went on from row ${resumedAt}` : ''),
  );
  const seconds = Math.round(tookMs / 1_000);
  const peak = Math.round(process.resourceUsage().maxRSS / 1_024);
  const now = Math.round(process.memoryUsage().rss / MEBI);
  context.print(`用时 / took: ${seconds} s  内存 / memory: ${now} MiB, 峰值 / at most ${peak} MiB`);
}

/** What the file system says, in the user's words. */
export async function readable<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!/^(ENOENT|EACCES|EISDIR|EIO|Z_)/.test(code)) throw error;
    throw new CliError({
      zh: `无法读取文件：${path}`,
      en: `The file cannot be read: ${path}`,
    });
  }
}
