/** What must be true of a quiet deployment: what was acknowledged stands, once, on both sides. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { openBooks } from '../../../engine/sandbox/bank-host/books.ts';
import { answerPlace, readAnswers } from '../postgres/stored-answers.ts';
import { bookProblems } from '../running-system/books.ts';
import type { Deployment } from './deployment.ts';

export type DeploymentCheck = {
  /** Acknowledged answers in the terminals' journals that were looked for. */
  readonly approvedSales: number;
  readonly approvedRefunds: number;
  readonly declined: number;
  readonly notDone: number;
  readonly settlements: number;
  /** Acknowledged, and not stored or stored otherwise. */
  readonly lost: number;
  /** More than one settlement of a key, or one that no terminal knows of, or one that was refused. */
  readonly doubled: number;
  /** The bank's books and ours differ. */
  readonly oneSided: number;
  /** All of the above and everything else, one line each. */
  readonly problems: readonly string[];
};

type JournalRow = {
  readonly terminal: string;
  readonly key: string;
  readonly kind: 'sale' | 'refund';
  readonly state: string;
  readonly outcome: 'approved' | 'declined' | 'not-done' | null;
  readonly code: string | null;
  readonly certificate: string | null;
};

type RequestRow = {
  readonly terminal: string;
  readonly key: string;
  readonly state: string;
  readonly outcome: string | null;
  readonly code: string | null;
  readonly body: string | null;
  readonly settlement: string | null;
  /** Of the settlement that this key made. */
  readonly made: string | null;
  /** Of the refund that this key made. */
  readonly refund: string | null;
};

/** Reads every journal, the database and the bank's books. Nobody may be at work meanwhile. */
export async function checkDeployment(deployment: Deployment): Promise<DeploymentCheck> {
  const journal = deployment.counters.flatMap(({ terminal }) =>
    readJournal(deployment.dataDir, terminal.id),
  );
  const requests = await readRequests(deployment);
  const stored = new Map(requests.map((row) => [nameOf(row), row] as const));
  const lost = journal.flatMap((entry) => lossOf(entry, stored.get(nameOf(entry))));
  const doubled = [
    ...journal.flatMap((entry) => doubleOf(entry, stored.get(nameOf(entry)))),
    ...(await settlementsOfNobody(deployment, journal)),
  ];
  const books = await problemsOfBooks(deployment);
  const unresolved = journal
    .filter(({ state }) => state !== 'finished')
    .map((entry) => `${nameOf(entry)} is ${entry.state} in the journal and has no outcome`);
  const [settlements] = await deployment.query<{ count: number }>(
    'select count(*)::int as count from settlement',
  );
  const count = (outcome: string, kind?: string) =>
    journal.filter((row) => row.outcome === outcome && (kind ?? row.kind) === row.kind).length;
  return {
    approvedSales: count('approved', 'sale'),
    approvedRefunds: count('approved', 'refund'),
    declined: count('declined'),
    notDone: count('not-done'),
    settlements: settlements?.count ?? 0,
    lost: lost.length,
    doubled: doubled.length,
    oneSided: books.filter((problem) => problem.startsWith('the bank took')).length,
    problems: [...lost, ...doubled, ...books, ...unresolved, ...(await pinProblems(deployment))],
  };
}

function nameOf({ terminal, key }: { readonly terminal: string; readonly key: string }): string {
  return `${terminal}/${key}`;
}

function readJournal(dataDir: string, terminal: string): readonly JournalRow[] {
  const file = new DatabaseSync(join(dataDir, 'counters', `${terminal}.db`));
  try {
    const rows = file
      .prepare('SELECT request_key AS key, kind, state, outcome, code, certificate FROM request')
      .all();
    return rows.map((row) => ({ ...(row as Omit<JournalRow, 'terminal'>), terminal }));
  } finally {
    file.close();
  }
}

async function readRequests(deployment: Deployment): Promise<RequestRow[]> {
  const bodyAt = await readAnswers(deployment.query);
  const rows = await deployment.query<Omit<RequestRow, 'body'> & { readonly place: string | null }>(
    `select r.terminal_id as terminal, r.request_key as key, r.state, r.answer_outcome as outcome,
       r.answer_code as code, ${answerPlace('r')} as place, r.settlement_id as settlement,
       (select s.state from settlement s where s.shard = r.shard and s.id = r.settlement_id
         and (s.terminal_id, s.request_key) = (r.terminal_id, r.request_key)) as made,
       (select f.state from refund f where f.shard = r.shard and f.settlement_id = r.settlement_id
         and (f.terminal_id, f.request_key) = (r.terminal_id, r.request_key)) as refund
     from request r`,
  );
  return rows.map(({ place, ...row }) => ({
    ...row,
    body: place === null ? null : (bodyAt(place) ?? null),
  }));
}

/** What was acknowledged must be stored with the same bytes, and what was approved must stand. */
function lossOf(entry: JournalRow, row: RequestRow | undefined): readonly string[] {
  const name = nameOf(entry);
  if (entry.outcome === 'declined' && row?.state === 'final') {
    const isSame = row.outcome === 'declined' && row.code === entry.code;
    return isSame ? [] : [`${name} was declined (${entry.code}) and is ${row.outcome} ${row.code}`];
  }
  if (entry.outcome !== 'approved') return [];
  if (row === undefined || row.body === null) return [`${name} was approved and is not stored`];
  if (!hasBody(entry, row.body)) return [`${name} was approved with other bytes than are stored`];
  const standing = entry.kind === 'sale' ? ['posted', 'refunding', 'refunded'] : ['done'];
  const state = entry.kind === 'sale' ? row.made : row.refund;
  return standing.includes(state ?? '') ? [] : [`${name} was approved and is ${state}`];
}

/** The certificate holds the answer itself, or that of an enquiry with the answer in it. */
function hasBody(entry: JournalRow, body: string): boolean {
  const certificate = JSON.parse(entry.certificate ?? '{}') as { readonly body?: string };
  if (certificate.body === body) return true;
  const found = JSON.parse(certificate.body ?? '{}') as {
    readonly items?: readonly { readonly requestKey: string; readonly answer: unknown }[];
  };
  const answer = found.items?.find(({ requestKey }) => requestKey === entry.key)?.answer;
  return answer !== undefined && JSON.stringify(answer) === JSON.stringify(JSON.parse(body));
}

/** What the terminal knows as refused or never done must not have moved money. */
function doubleOf(entry: JournalRow, row: RequestRow | undefined): readonly string[] {
  if (entry.outcome !== 'declined' && entry.outcome !== 'not-done') return [];
  const state = entry.kind === 'sale' ? row?.made : row?.refund;
  const harmless = [undefined, null, 'released', 'declined'];
  if (harmless.includes(state)) return [];
  return [`${nameOf(entry)} is ${entry.outcome} (${entry.code}) for the terminal and ${state}`];
}

async function settlementsOfNobody(
  deployment: Deployment,
  journal: readonly JournalRow[],
): Promise<readonly string[]> {
  const known = new Set(journal.map(nameOf));
  const rows = await deployment.query<{ terminal: string; key: string; count: number }>(
    `select terminal_id as terminal, request_key as key, count(*)::int as count
     from (select terminal_id, request_key from settlement
       union all select terminal_id, request_key from refund) made group by 1, 2`,
  );
  return rows.flatMap((row) => [
    ...(row.count > 1 ? [`${nameOf(row)} was done ${row.count} times`] : []),
    ...(known.has(nameOf(row)) ? [] : [`${nameOf(row)} was done and no terminal knows of it`]),
  ]);
}

async function problemsOfBooks(deployment: Deployment): Promise<readonly string[]> {
  const books = openBooks(deployment.bankStore);
  try {
    return await bookProblems({ query: deployment.query, host: { journal: books.journal } });
  } finally {
    books.close();
  }
}

/** Two wrong PINs are told so, the third locks the card, and no crash gives a fourth try. */
async function pinProblems(deployment: Deployment): Promise<readonly string[]> {
  const serials = deployment.counters.map(
    ({ guesser }) => `%${guesser.toString(16).toUpperCase()}`,
  );
  const rows = await deployment.query<{ card: string; told: number; sold: number; tries: number }>(
    `select c.card_id as card, c.pin_wrong_tries as tries,
       (select count(*)::int from request r where r.shard = c.shard and r.card_id = c.card_id
         and r.answer_code = 'PIN_WRONG') as told,
       (select count(*)::int from settlement s where s.shard = c.shard and s.card_id = c.card_id) as sold
     from card c where c.card_id like any ($1)`,
    [serials],
  );
  return rows
    .filter(({ told, sold, tries }) => told > 2 || sold > 0 || tries < told)
    .map(({ card, ...found }) => `card ${card}: ${JSON.stringify(found)}`);
}
