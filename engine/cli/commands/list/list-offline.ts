import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { isoTime } from '../../../base/time/calendar.ts';
import { buildOfflineList } from '../../../flows/invalid-list/build-offline-list.ts';
import { readConfig } from '../../../ops/config.ts';
import type { CliContext } from '../../cli-context.ts';
import { loginOption, readCredentials } from '../../operator-login.ts';
import { openProgressBar } from '../../progress-bar.ts';

type Options = { readonly whole?: true; readonly login?: string };
const kinds = {
  base: '新基础文件 / new base',
  delta: '增量 / delta',
  current: '已是最新 / current already',
} as const;
const environment = { now: () => Date.now(), randomBytes: (count: number) => randomBytes(count) };

/** `yikatong list offline`: the compact list that terminals keep. */
export function addListOffline(list: Command, context: CliContext): void {
  const group = list
    .command('offline')
    .description('终端离线名单 / the compact list that terminals keep');
  group
    .command('build')
    .description(
      '按生效的名单更新：写增量，变化过多时写新的基础文件 / bring it up to the lists in force: a delta, or a new base where too much has changed',
    )
    .option('--whole', '总是写新的基础文件 / a new base in any case')
    .option(...loginOption)
    .action(async ({ whole, login }: Options) => {
      const credentials = await readCredentials(context, login);
      const { withInvalidLists } = await context.loadMain();
      const bar = openProgressBar('生成 / making');
      const startedAt = performance.now();
      const { kind, setNo, cards, bytes } = await withInvalidLists(
        readConfig(context.env),
        credentials,
        (tools) =>
          tools.withSigner((signer) =>
            buildOfflineList(
              {
                ...tools,
                signer,
                environment,
                onProgress: (done, total) => bar.update(done, total),
              },
              whole === true,
            ),
          ),
      );
      bar.stop();
      const seconds = Math.round((performance.now() - startedAt) / 1_000);
      context.print(
        `${kinds[kind]}  #${setNo}  ${cards} 张 / cards  ${bytes} B  用时 / took ${seconds} s`,
      );
    });
  group
    .command('status')
    .description('终端可取的文件 / the files that terminals fetch')
    .action(async () => {
      const { withInvalidLists } = await context.loadMain();
      const known = await withInvalidLists(readConfig(context.env), undefined, ({ offline }) =>
        offline.latest(),
      );
      if (known === undefined) {
        context.print(
          '尚未生成；请运行 yikatong list offline build / none yet; run yikatong list offline build',
        );
        return;
      }
      const { base, delta } = known;
      context.print(
        `基础 / base #${base.setNo}  ${base.entries} 张 / cards  ${base.bytes} B  ${isoTime(base.madeAt)}`,
      );
      if (delta === undefined) return;
      context.print(`增量 / delta #${delta.setNo}  ${delta.bytes} B  ${isoTime(delta.madeAt)}`);
    });
}
