import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import type { ListTools } from '../../../compose/invalid-lists.ts';
import type { ListName } from '../../../domain/invalid-list/list-file.ts';
import type { PublishRefusal } from '../../../flows/invalid-list/publish-list.ts';
import { makeOwnVersion, writeVersion } from '../../../flows/invalid-list/publish-list.ts';
import { readConfig } from '../../../ops/config.ts';
import type { ListState } from '../../../ports/invalid-list-reads.ts';
import type { CliContext } from '../../cli-context.ts';
import { CliError } from '../../cli-context.ts';
import { loginOption, readCredentials } from '../../operator-login.ts';
import { openProgressBar } from '../../progress-bar.ts';
import { requireListName } from './list-name.ts';

type Options = { readonly out: string; readonly since?: string; readonly login?: string };

/** `yikatong list publish`: the list that is kept here, as signed files for others. */
export function addListPublish(group: Command, context: CliContext): void {
  group
    .command('publish <region>')
    .description(
      '按卡的现状生成本市名单的新版本，写出签名的全量与增量文件 / make the next version of the own list of the cards as they stand, and write it as signed files',
    )
    .requiredOption('--out <folder>', '文件夹 / folder for the files')
    .option(
      '--since <version>',
      '增量的基础版本；缺省为上一版 / base of the delta; default: the version before',
    )
    .option(...loginOption)
    .action((region: string, options: Options) =>
      publish(context, requireListName('city', region), options),
    );
}

async function publish(
  context: CliContext,
  name: ListName,
  { out, since, login }: Options,
): Promise<void> {
  const credentials = await readCredentials(context, login);
  const { withInvalidLists } = await context.loadMain();
  await withInvalidLists(readConfig(context.env), credentials, async (tools) => {
    const made = await makeVersion(context, tools, name);
    const list = await findOwn(tools, name);
    const listHash = list.listHash ?? '';
    const base = since === undefined ? made - 1 : Number(since);
    await mkdir(out, { recursive: true });
    const stem = join(out, `invalid-list-city-${name.region}-${made}`);
    await tools.withSigner(async (signer) => {
      const write = async (path: string, from: number | undefined) => {
        await writeWhole(path, writeVersion(tools.reads, { ...list, listHash }, signer, from));
        context.print(path);
      };
      await write(`${stem}-full.txt`, undefined);
      if (base >= 1 && base < made) await write(`${stem}-since-${base}.txt`, base);
    });
  });
}

/** @returns the version that was made */
async function makeVersion(context: CliContext, tools: ListTools, name: ListName): Promise<number> {
  const bar = openProgressBar('生成 / making');
  const clock = { now: () => Date.now() };
  const onProgress = (rows: number) => bar.update(rows, rows);
  const made = await makeOwnVersion({ ...tools, clock, onProgress }, name);
  bar.stop();
  if (!made.ok) throw refused(made.error);
  const { version, change } = made.value;
  const { added, removed } = change;
  context.print(
    `第 ${version} 版 / version ${version}  列入 / listed: ${added}  移出 / taken off: ${removed}`,
  );
  return version;
}

async function findOwn({ reads }: ListTools, { level, region }: ListName): Promise<ListState> {
  const lists = await reads.lists();
  const found = lists.find((list) => list.level === level && list.region === region);
  if (found !== undefined) return found;
  throw new Error('a list that was just made is on record');
}

/** A file has its name once it is complete. */
async function writeWhole(path: string, text: AsyncIterable<string>): Promise<void> {
  const part = `${path}.part`;
  try {
    await pipeline(Readable.from(text), createWriteStream(part, { flush: true }));
    await rename(part, path);
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

function refused(refusal: PublishRefusal): CliError {
  if (refusal === 'imported') {
    return new CliError({
      zh: '该名单来自导入的文件，不由本系统生成',
      en: 'This list comes by file, and is not made here',
    });
  }
  return new CliError({
    zh: '另一个进程正在生成同一名单',
    en: 'Another process makes a version of the same list',
  });
}
