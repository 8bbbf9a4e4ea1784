import type { Command } from 'commander';
import { isoTime } from '../../../base/time/calendar.ts';
import { levelTexts } from '../../../domain/invalid-list/list-texts.ts';
import { readConfig } from '../../../ops/config.ts';
import type { InvalidListReads, ListState } from '../../../ports/invalid-list-reads.ts';
import type { CliContext } from '../../cli-context.ts';
import { CliError } from '../../cli-context.ts';
import { requireCardId } from './list-name.ts';

type Json = { readonly json?: true };
const MINUTE_MS = 60_000;

/** `yikatong list status`, `query` and `history`. */
export function addListReads(group: Command, context: CliContext): void {
  group
    .command('status')
    .description('各级名单的版本、条数与时效 / versions, sizes and ages of the lists')
    .option('--json', '以数据形式输出 / as data')
    .action(({ json }: Json) =>
      onReads(context, async (reads) => {
        const lists = await reads.lists();
        if (json) context.print(JSON.stringify(lists, undefined, 2));
        else for (const list of lists) printList(context, list);
        if (!json && lists.length === 0) context.print('没有名单 / there is no list');
      }),
    );
  group
    .command('query <cardId...>')
    .description('这些卡在哪些名单上 / on which lists these cards are')
    .action((ids: readonly string[]) =>
      onReads(context, async (reads) => {
        const cardIds = ids.map(requireCardId);
        const listed = await reads.listed(cardIds);
        for (const cardId of cardIds) {
          const own = listed.filter((entry) => entry.cardId === cardId);
          const where = own.map(
            ({ level, region, reason, version }) =>
              `${levelTexts[level].zh} / ${level} ${region} ${reason}（v${version}）`,
          );
          context.print(`…${cardId.slice(-6)}  ${where.join('; ') || '不在名单上 / not listed'}`);
        }
      }),
    );
  group
    .command('history <cardId>')
    .description('该卡何时在哪一名单上 / when this card was on which list')
    .option(
      '--set <number>',
      '某一笔结算所依据的名单组 / under the set of lists that a settlement names',
    )
    .action((id: string, { set }: { readonly set?: string }) =>
      onReads(context, (reads) => printHistory(context, reads, { id, set })),
    );
}

async function onReads(
  context: CliContext,
  work: (reads: InvalidListReads) => Promise<void>,
): Promise<void> {
  const { withInvalidLists } = await context.loadMain();
  await withInvalidLists(readConfig(context.env), undefined, ({ reads }) => work(reads));
}

function printList(context: CliContext, list: ListState): void {
  const { level, region, version, entries, issuedAt, open, isKeptHere } = list;
  const name = `${levelTexts[level].zh} / ${level} ${region}`;
  if (version >= 0) {
    const minutes = Math.floor((Date.now() - issuedAt) / MINUTE_MS);
    const own = isKeptHere ? '  本系统生成 / made here' : '';
    context.print(
      `${name}  v${version}  ${entries} 张 / cards  发布于 / issued ${isoTime(issuedAt)}（${minutes} min）${own}`,
    );
  }
  if (open === undefined) return;
  context.print(
    `${name}  v${open.version} 导入未完成，已写 ${open.rowsDone} 行；重新运行同一命令即可续传 / import not finished, ${open.rowsDone} rows done; run the same command again`,
  );
}

async function printHistory(
  context: CliContext,
  reads: InvalidListReads,
  { id, set }: { readonly id: string; readonly set: string | undefined },
): Promise<void> {
  const spans = await reads.history(requireCardId(id));
  const versions = set === undefined ? undefined : (await requireSet(reads, set)).versions;
  const shown = spans.filter(({ level, region, fromVersion, untilVersion }) => {
    if (versions === undefined) return true;
    const version = versions[`${level} ${region}`];
    if (version === undefined || version < fromVersion) return false;
    return untilVersion === undefined || version < untilVersion;
  });
  if (shown.length === 0) context.print('不在名单上 / not listed');
  for (const { level, region, reason, ...span } of shown) {
    const from = `v${span.fromVersion} ${timeText(span.fromAt)}`;
    const until =
      span.untilVersion === undefined
        ? '至今 / until now'
        : `至 / until v${span.untilVersion} ${timeText(span.untilAt)}`;
    context.print(
      `${levelTexts[level].zh} / ${level} ${region}  ${reason}  自 / from ${from}  ${until}`,
    );
  }
}

async function requireSet(reads: InvalidListReads, text: string) {
  const set = /^\d{1,9}$/.test(text) ? await reads.set(Number(text)) : undefined;
  if (set !== undefined) return set;
  throw new CliError({
    zh: `没有编号为 ${text} 的名单组`,
    en: `There is no set of lists with the number ${text}`,
  });
}

function timeText(at: number | undefined): string {
  return at === undefined ? '' : isoTime(at);
}
