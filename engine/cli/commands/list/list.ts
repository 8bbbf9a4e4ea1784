import type { Command } from 'commander';
import type { CliContext } from '../../cli-context.ts';
import { addListImport } from './list-import.ts';
import { addListIssuer } from './list-issuer.ts';
import { addListOffline } from './list-offline.ts';
import { addListPublish } from './list-publish.ts';
import { addListReads } from './list-reads.ts';

/** `yikatong list …`: invalid lists. */
export function addList(program: Command, context: CliContext): void {
  const group = program.command('list').description('无效卡名单 / invalid lists');
  addListImport(group, context);
  addListPublish(group, context);
  addListReads(group, context);
  addListIssuer(group, context);
  addListOffline(group, context);
}
