import pg from 'pg';
import { vi } from 'vitest';

/** Plans of statements as they were carried out, told by the server itself (auto_explain). */

type Plan = {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Actual Loops': number;
  readonly Plans?: readonly Plan[];
};

const settings = {
  session_preload_libraries: 'auto_explain',
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_timing': 'off',
  'auto_explain.log_format': 'json',
  client_min_messages: 'log',
};

/** The address of the database, for connections whose statements tell their plans. */
export function explainedUrl(url: string): string {
  const options = Object.entries(settings).map(([name, value]) => `-c ${name}=${value}`);
  return `${url}?options=${encodeURIComponent(options.join(' '))}`;
}

/**
 * Hears the plans of all connections that are opened from now on.
 * @returns what was told since it was asked last: a line for each statement and each way to a table, once
 */
export function listenForPlans(): () => readonly string[] {
  const told: string[] = [];
  const { connect } = pg.Client.prototype;
  vi.spyOn(pg.Client.prototype, 'connect').mockImplementation(function (
    this: pg.Client,
    ...given: Parameters<typeof connect>
  ) {
    this.on('notice', ({ message }) => {
      const json = /plan:\s*(\{[\s\S]*\})\s*$/.exec(message ?? '')?.[1];
      if (json !== undefined) told.push(shapeOf(JSON.parse(json)));
    });
    return connect.apply(this, given);
  });
  return () => [...new Set(told.splice(0))].filter((shape) => shape !== '');
}

function shapeOf({ Plan: plan }: { readonly Plan: Plan }): string {
  return [...new Set(waysOf(plan))].join('\n');
}

/** Sorting and hashing many rows is what a user waits for; joins by loops are not worth a word. */
const worthAWord = new Set(['Sort', 'Incremental Sort', 'Hash', 'Materialize', 'Merge Join']);

function waysOf(plan: Plan): string[] {
  const {
    'Node Type': node,
    'Relation Name': table,
    'Index Name': index,
    Plans: parts = [],
  } = plan;
  if (/Append$/.test(node) && parts.some((part) => monthOf(part) !== undefined)) {
    return [monthsTouched(plan)];
  }
  const below = parts.flatMap(waysOf);
  if (worthAWord.has(node)) return [`  ${node}`, ...below];
  const isScan =
    / Scan$/.test(node) && node !== 'Bitmap Heap Scan' && (table ?? index) !== undefined;
  return isScan ? [`  ${wayOf(plan)}${ofMonth(plan)}`, ...below] : below;
}

function wayOf(plan: Plan): string {
  const { 'Relation Name': table, 'Index Name': index, 'Index Cond': by } = plan;
  const name = (index ?? table ?? '').replace(month, '_<month>');
  return `${plan['Node Type']} ${name}${by === undefined ? ': all of it' : ` by ${namesIn(by)}`}`;
}

const month = /_(\d{4}_\d{2}|default)(?=_pkey|$)/;

function monthOf(plan: Plan): string | undefined {
  const { 'Relation Name': table, 'Index Name': index, Plans: parts = [] } = plan;
  const below = parts.length === 1 && parts[0] ? monthOf(parts[0]) : undefined;
  return month.exec(table ?? index ?? '')?.[1] ?? below;
}

function ofMonth(plan: Plan): string {
  return monthOf(plan) === undefined ? '' : ', 1 months';
}

/** How the months that were filled are searched: an empty one may as well be read from end to end. */
function monthsTouched({ Plans: parts = [] }: Plan): string {
  const touched = parts.filter((part) => part['Actual Loops'] > 0);
  const filled = parts.filter((part) => monthOf(part)?.startsWith('2024'));
  const ways = new Set(filled.flatMap(waysOf).map((way) => way.replace(', 1 months', '')));
  return `${[...ways].join(' or')}, ${touched.length} months`;
}

/** The columns that are compared, and how; not with what. */
function namesIn(condition: string): string {
  return [...condition.matchAll(/\(?(\w+)(?:\)::\w+)? (=|<=?|>=?) /g)]
    .map(([, name, how]) => (how === '=' ? name : `${name} ${how}`))
    .join(', ');
}
