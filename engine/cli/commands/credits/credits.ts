import type { Command } from 'commander';
import type { Result } from '../../../base/errors/result.ts';
import { formatFen, parseSignedFen } from '../../../base/money/fen.ts';
import type { CreditDesk } from '../../../compose/credits.ts';
import type { RecordedAct } from '../../../compose/recorded-act.ts';
import type { Bilingual } from '../../../contract/values.ts';
import type { FileKey } from '../../../domain/files/file-key.ts';
import { creditColumns } from '../../../flows/credit/credit-rows.ts';
import { postCredits } from '../../../flows/credit/post-credits.ts';
import { proposeCredits } from '../../../flows/credit/propose-credits.ts';
import { releaseCredits, withdrawCredits } from '../../../flows/credit/release-credits.ts';
import { reverseCredits } from '../../../flows/credit/reverse-credits.ts';
import type { CreditFile, RecordedCreditFile } from '../../../ports/credits.ts';
import { openBatchFile } from '../../batch-file.ts';
import type { CliContext, SetExitCode } from '../../cli-context.ts';
import { CliError } from '../../cli-context.ts';
import { loginOption } from '../../operator-login.ts';
import { openProgressBar } from '../../progress-bar.ts';
import { openRejects } from '../insurance/rejects.ts';
import type { Login } from './on-desk.ts';
import { onDesk, valueOrThrow } from './on-desk.ts';
import { fileName, keyOfFile, listFiles, showCredits } from './show-credits.ts';

type Group = { readonly context: CliContext; readonly setExitCode: SetExitCode };

/**
 * `yikatong credits …`: what insurers put into medical personal accounts (个人账户划拨), as files that one
 * operator puts forward and another releases.
 */
export function addCredits(program: Command, context: CliContext, setExitCode: SetExitCode): void {
  const command = program
    .command('credits')
    .description('个人账户划拨文件 / credits of medical personal accounts, as files');
  const group = { context, setExitCode };
  addProposals(command, group);
  addReleases(command, group);
  command
    .command('list')
    .description('最近的文件 / the files that came last')
    .option('--json', 'JSON')
    .option(...loginOption)
    .action((options: Login & { readonly json?: true }) => listFiles(context, options));
  command
    .command('show <fileOrPerson>')
    .description(
      '一个文件及未入账的行，或一人的入账 / a file with its open rows, or a person’s credits',
    )
    .option('--json', 'JSON')
    .option(...loginOption)
    .action((what: string, options: Login & { readonly json?: true }) =>
      showCredits(context, what, options),
    );
}

/** First person. */
function addProposals(command: Command, { context }: Group): void {
  command
    .command('propose <file>')
    .description(
      '提交文件，逐行核对（第一人）/ put a file forward, every row checked (first person)',
    )
    .option('--rejects <csv>', '有误的行写入该 CSV / write wrong rows to this CSV')
    .option(...loginOption)
    .action(async (path: string, options: Login & { readonly rejects?: string }) => {
      const file = await propose(context, path, options);
      tellProposed(context, file);
    });
  command
    .command('reverse <file>')
    .description('提交冲回文件（第一人）/ put forward that a file’s credits are taken back')
    .requiredOption('--date <day>', '冲回文件的日期 / day of the new file')
    .requiredOption('--number <n>', '冲回文件的当日序号 / its number of the day')
    .option(...loginOption)
    .action(async (name: string, options: Login & { date: string; number: string }) => {
      const { source, date, number } = keyOfFile(
        [keyOfFile(name).source, options.date, options.number].join('/'),
      );
      const of = keyOfFile(name);
      const file = await onDesk(context, options, ({ records, ids, hashOf, recorded }) =>
        recorded(actOn('credits.import', of), () =>
          reverseCredits({ records, ids, hashOf }, { of, date, number }),
        ),
      );
      tellProposed(context, { ...valueOrThrow(file), key: { source, date, number } });
    });
  command
    .command('withdraw <file>')
    .description('撤回尚未放行的文件 / take back a file that is not released')
    .option(...loginOption)
    .action(async (name: string, options: Login) => {
      const key = keyOfFile(name);
      valueOrThrow(
        await onDesk(context, options, ({ records, ids: { now }, by, recorded }) =>
          recorded(actOn('credits.import', key), () => withdrawCredits({ records, now, by }, key)),
        ),
      );
      context.print(`已撤回 / withdrawn: ${name}`);
    });
}

async function propose(
  context: CliContext,
  path: string,
  options: Login & { readonly rejects?: string },
): Promise<CreditFile> {
  const file = await openBatchFile(context, 'credits', creditColumns, path);
  const rejects = openRejects(context, options.rejects);
  const bar = openProgressBar('核对、提交 / checking, storing');
  try {
    const onProgress = (rows: number) => bar.update(rows, 2 * file.head.rows);
    const proposed = await onDesk(context, options, ({ records, ids, recorded }) =>
      recorded(actOn('credits.import', file.head.key), () =>
        proposeCredits({ records, ids, onRejected: rejects.add, onProgress }, file),
      ),
    );
    bar.stop();
    return valueOrThrow(proposed);
  } finally {
    bar.stop();
    rejects.close();
  }
}

function tellProposed(context: CliContext, { key, rows, total }: CreditFile): void {
  const name = fileName(key);
  context.print(
    `已提交 / put forward: ${name}  ${rows} 行 / rows  合计 / total ${formatFen(total)}\n` +
      `请由另一名操作员放行 / another operator releases it: ` +
      `yikatong credits release ${name} --total ${formatFen(total)}`,
  );
}

/** Second person, and whoever goes on after a crash. */
function addReleases(command: Command, { context, setExitCode }: Group): void {
  command
    .command('release <file>')
    .description('核对合计后放行并入账（另一人）/ release by its total and post (another person)')
    .requiredOption('--total <yuan>', '来自经办机构的合计 / the total as the insurer states it')
    .option(...loginOption)
    .action(async (name: string, options: Login & { readonly total: string }) => {
      const total = parseSignedFen(options.total);
      if (total === undefined) throw new CliError(notAnAmount);
      const key = keyOfFile(name);
      await onDesk(context, options, async (desk) => {
        const { records, by, recorded } = desk;
        const released = await recorded(actOn('credits.release', key), () =>
          releaseCredits({ records, now: desk.ids.now, by }, { key, total }),
        );
        return released.ok ? post({ context, setExitCode }, desk, released.value) : released;
      }).then(valueOrThrow);
    });
  command
    .command('post <file>')
    .description('继续入账已放行文件的其余行 / go on posting a file that is released')
    .option(...loginOption)
    .action(async (name: string, options: Login) => {
      const key = keyOfFile(name);
      await onDesk(context, options, async (desk) => {
        const file = await desk.records.findFile(key);
        if (file === undefined) return noFile;
        return desk.recorded(actOn('credits.release', key), () =>
          post({ context, setExitCode }, desk, file),
        );
      }).then(valueOrThrow);
    });
}

function actOn(action: 'credits.import' | 'credits.release', key: FileKey): RecordedAct {
  return { action, scope: { regions: [key.source] }, subject: fileName(key) };
}

const notAnAmount = {
  zh: '--total 应为金额，如 1200.00',
  en: '--total is an amount such as 1200.00',
};
const noFile = {
  ok: false,
  error: { zh: '没有这个文件', en: 'There is no such file' },
} as const;

async function post(
  { context, setExitCode }: Group,
  { records, ids, posting }: CreditDesk,
  file: RecordedCreditFile,
): Promise<Result<unknown, Bilingual>> {
  const bar = openProgressBar('入账 / posting');
  const startedAt = performance.now();
  const report = await posting((store) =>
    postCredits(
      {
        ...{ records, store, now: ids.now },
        onProgress: (rows) => bar.update(file.posted + rows, file.rows),
      },
      file,
    ),
  ).finally(() => bar.stop());
  if (!report.ok) return report;
  const { posted, refused } = report.value;
  const seconds = Math.max(0.001, (performance.now() - startedAt) / 1000);
  context.print(
    `本次入账 / posted now: ${posted}  未入账 / not posted: ${refused}  （${Math.round(posted / seconds)} 行/秒 rows/s）`,
  );
  if (refused > 0) {
    context.print(`原因见 / for the reasons: yikatong credits show ${fileName(file.key)}`);
    setExitCode(1);
  }
  return report;
}
