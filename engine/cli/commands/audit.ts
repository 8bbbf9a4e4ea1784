import type { Command } from 'commander';
import { isoTime } from '../../base/time/calendar.ts';
import type { Action } from '../../domain/principal/actions.ts';
import { actionRules, isAction } from '../../domain/principal/actions.ts';
import { readConfig } from '../../ops/config.ts';
import type { TrailItem } from '../../ports/audit.ts';
import { trailItemDocument } from '../../render/trail-json.ts';
import type { CliContext } from '../cli-context.ts';
import { notAllowed } from '../cli-context.ts';
import { loginOption, readCredentials } from '../operator-login.ts';
import { printTable } from './rules/print-table.ts';

type ListOptions = {
  readonly since?: string;
  readonly until?: string;
  readonly person?: string;
  readonly by?: string;
  readonly action?: string;
  readonly limit: string;
  readonly login?: string;
  readonly json?: boolean;
};

const DAY_MS = 24 * 3_600_000;
const LIMIT_MAX = 10_000;

/** `yikatong audit …`: who did what, and who read whose data. */
export function addAudit(program: Command, context: CliContext): void {
  program
    .command('audit')
    .description('审计：谁办理、谁查阅 / audit: who did and who read what')
    .command('list')
    .description('列出办理与查阅记录，新的在前 / acts and reads, the newest first')
    .option('--since <time>', '起，缺省为一天前 / from; default: a day ago (ISO 8601)')
    .option('--until <time>', '止 / before')
    .option('--person <no>', '某一参保人 / about this person')
    .option('--by <id>', '某一操作员或终端 / by this operator or terminal')
    .option('--action <name>', '某一业务，如 person.read / this action')
    .option('--limit <n>', '最多条数 / at most', '100')
    .option(...loginOption)
    .option('--json', 'JSON')
    .action(async (options: ListOptions) => {
      const { listTrail } = await context.loadMain();
      const credentials = await readCredentials(context, options.login);
      const items = await listTrail(readConfig(context.env), credentials, orderOf(options));
      if (options.json) context.print(JSON.stringify(items.map(trailItemDocument), undefined, 2));
      else printItems(context, items);
    });
}

function orderOf({ since, until, person, by, action, limit }: ListOptions) {
  const end = timeOf(until, '--until') ?? Date.now() + 1;
  return {
    ...{ since: timeOf(since, '--since') ?? end - DAY_MS, until: end },
    ...{ personNo: person, by, action: actionOf(action), limit: limitOf(limit) },
  };
}

function timeOf(text: string | undefined, option: string): number | undefined {
  if (text === undefined) return undefined;
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw notAllowed(option, '2026-11-30, 2026-11-30T08:00:00+08:00');
  return at;
}

function actionOf(text: string | undefined): Action | undefined {
  if (text === undefined || isAction(text)) return text;
  throw notAllowed('--action', Object.keys(actionRules).join(', '));
}

function limitOf(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > LIMIT_MAX) {
    throw notAllowed('--limit', `1 … ${LIMIT_MAX}`);
  }
  return limit;
}

function printItems(context: CliContext, items: readonly TrailItem[]): void {
  if (items.length === 0) {
    context.print('没有记录 / nothing is on record');
    return;
  }
  const heads = [
    '时间 / at',
    '谁 / by',
    '业务 / action',
    '对象 / about',
    '结果 / outcome',
    '依据 / evidence',
  ];
  printTable(
    context,
    heads.map((head) => ({ head })),
    items.map(({ at, by, action, subject, personRef, outcome, code, evidence }) => [
      ...[isoTime(at), `${by.kind} ${by.id}`, action],
      [subject, personRef].filter((part) => part !== undefined).join(' '),
      [outcome, code].filter((part) => part !== undefined).join(' '),
      evidence ?? '',
    ]),
  );
}
