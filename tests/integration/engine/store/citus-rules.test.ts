/**
 * What Citus refuses, held against the real schema, against distribute.sql and against every statement that the
 * engine sends. No Citus is needed: the catalogue and the parser of PostgreSQL tell what a rule asks for.
 */
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { PersonNo, SettlementId } from '../../../../engine/base/ids/ids.ts';
import { SHARD_COUNT } from '../../../../engine/base/ids/ids.ts';
import { fen } from '../../../../engine/base/money/fen.ts';
import { sandboxTerminals } from '../../../../engine/sandbox/seed/sandbox-places.ts';
import { readStatements } from '../../../../engine/store/batch/read-statements.ts';
import { heldShardColumns } from '../../../../engine/store/batch/shard-fence.ts';
import { writeStatement } from '../../../../engine/store/batch/write-statement.ts';
import { openDatabaseTime } from '../../../../engine/store/connection/database-time.ts';
import { createStore } from '../../../../engine/store/create-store.ts';
import { openPartitions } from '../../../../engine/store/partitions/partitions.ts';
import { openRecordedSettlements } from '../../../../engine/store/reads/recorded-settlements.ts';
import { openReferenceData } from '../../../../engine/store/reference/reference-data.ts';
import * as written from '../../../../engine/store/tables/write-columns.ts';
import { openShardOwners } from '../../../../engine/store/upkeep/shard-owners.ts';
import { approvedBody, openCounter } from '../../../support/counter.ts';
import type { TestDatabase } from '../../../support/postgres.ts';
import { createTestDatabase } from '../../../support/postgres.ts';
import type { World } from '../../../support/world.ts';
import { startWorld } from '../../../support/world.ts';
import { openWork } from '../../../support/world-books.ts';
import { sourceFiles } from '../../../tidy/source-files.ts';
import { distributeStatements, readPlacements } from './citus-placement.ts';
import { schemaProblems } from './citus-schema.ts';
import type { StatementChecker } from './citus-statements.ts';
import { openStatementChecker } from './citus-statements.ts';

let database: TestDatabase;
let client: pg.Client;
let checker: StatementChecker;
beforeAll(async () => {
  database = await createTestDatabase({ isFresh: true });
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  checker = await openStatementChecker(client, readPlacements());
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

describe('the schema', () => {
  test('is placed whole, and keeps the rules but for what cannot', async () => {
    expect(await schemaProblems(client, readPlacements())).toEqual([
      // Whoever asks for a card's shard does not know it yet. Nothing refers to this table or is joined with it.
      'card_owner is not distributed by shard',
      // The migrator's own list, read on the coordinator alone.
      'yikatong_migration is placed nowhere',
    ]);
  });

  const broken: readonly (readonly [string, string])[] = [
    ['create table stray (shard smallint primary key)', 'stray is placed nowhere'],
    ['drop table outbox', 'outbox is no table'],
    [
      'alter table outbox drop constraint outbox_pkey, add primary key (id, shard)',
      'outbox: its primary key does not begin with shard',
    ],
    [
      'alter table outbox drop constraint outbox_pkey',
      'outbox: its primary key does not begin with shard',
    ],
    ['alter table outbox alter shard type integer', 'outbox: its shard is no smallint'],
    ['create unique index on card (card_number)', 'card: a unique index without shard'],
    [
      'create unique index on request_default (request_key)',
      'request_default: a unique index without shard',
    ],
    [
      `create function note() returns trigger language plpgsql as 'begin return new; end';
       create trigger noted after insert on card for each row execute function note()`,
      'card: a trigger',
    ],
    [
      'alter table card add foreign key (card_id) references card_owner',
      'card: a foreign key to card_owner without its column',
    ],
    [
      `create unique index twisted on settlement (request_key, shard);
       alter table refund add column other smallint,
         add foreign key (request_key, other) references settlement (request_key, shard)`,
      'refund: a foreign key to settlement without its column',
    ],
    [
      `alter table institution add column shard smallint, add column person_no text,
         add foreign key (shard, person_no) references person`,
      'institution: a foreign key from every node to person',
    ],
    [
      `alter table person add column card_id text,
         add foreign key (shard, card_id) references card`,
      'person is placed before card, which it names',
    ],
    [
      'alter table refund add column no integer generated always as identity',
      'refund: an identity that is no bigint',
    ],
  ];

  test.each(broken)('%s: is noticed', async (change, problem) => {
    await client.query('begin');
    await client.query(change);
    const problems = await schemaProblems(client, readPlacements());
    await client.query('rollback');
    expect(problems).toContain(problem);
  });

  test('a table that is placed twice is noticed', async () => {
    const placements = [...readPlacements(), { table: 'person', column: 'shard' }];
    expect(await schemaProblems(client, placements)).toContain('person is placed more than once');
  });
});

describe('distribute.sql', () => {
  test('has nothing but the extension, tables and functions', async () => {
    const others = distributeStatements().filter(
      (statement) => !/^select create_(distributed|reference)_table\(/.test(statement),
    );
    expect(others).toEqual([
      'create extension if not exists citus',
      "select create_distributed_function('yikatong_assert(boolean, text, text)')",
    ]);
    const { rows } = await client.query<{ found: string }>(
      "select to_regprocedure('yikatong_assert(boolean, text, text)') as found",
    );
    expect(rows[0]?.found).not.toBeNull();
  });

  test('people’s rows stand together; all groups have as many shards', () => {
    const groups = distributeStatements().flatMap((statement) => {
      const [, table, rest] =
        /create_distributed_table\('(\w+)', '\w+', (.+)\)$/.exec(statement) ?? [];
      return table && rest !== "colocate_with => 'person'" ? [`${table}: ${rest}`] : [];
    });
    const alone = "colocate_with => 'none', shard_count => 16";
    expect(groups).toEqual([`person: ${alone}`, `card_owner: ${alone}`]);
  });

  test('the logical shards meet in as many of them as it says', async () => {
    // The hash of a smallint, its range cut into 16: as Citus places a row.
    const { rows } = await client.query<{ shards: number[] }>(
      `select array_agg(shard order by shard) as shards from generate_series(0, $1::integer - 1) as shard
       group by (hashint2(shard::smallint)::bigint + 2147483648) / 268435456`,
      [SHARD_COUNT],
    );
    const sizes = rows.map(({ shards }) => shards.length);
    expect([sizes.length, Math.max(...sizes)]).toEqual([11, 3]);
  });
});

describe('a statement', () => {
  const broken: readonly (readonly [string, string])[] = [
    [
      'select * from person p join card c using (person_no)',
      'joins card, person without their distribution column',
    ],
    [
      'select * from person p, card c where p.person_no = c.person_no and p.shard = $1 and c.shard = $2',
      'joins card, person without their distribution column',
    ],
    [
      'select * from person p left join lateral (select * from card c where c.person_no = p.person_no) c on true',
      'joins card, person without their distribution column',
    ],
    [
      'select * from person p join card c on p.shard = c.shard or p.person_no = c.person_no',
      'joins card, person without their distribution column',
    ],
    [
      'select * from settlement s where exists (select from entry e where e.settlement_id = s.id)',
      'joins posting, settlement without their distribution column',
    ],
    [
      'with s as (select s.* from settlement s join refund r on r.settlement_id = s.id) select * from s',
      'joins refund, settlement without their distribution column',
    ],
    [
      'update card c set status = p.account_status from person p where c.person_no = p.person_no',
      'joins card, person without their distribution column',
    ],
    [
      'select * from card join card_owner using (card_id, shard)',
      'joins card, card_owner without their distribution column',
    ],
    [
      'select * from person where person_no = any ($1) for update',
      'locks rows of person in several shards',
    ],
    [
      'select * from person where shard in (1, 2) for share',
      'locks rows of person in several shards',
    ],
    ['update person set shard = $1 where person_no = $2', 'changes person.shard'],
    [
      `insert into shared_account as t values ($1, $2, $3, $4)
       on conflict (shard, account) do update set shard = excluded.shard`,
      'changes shared_account.shard',
    ],
    [
      `select * from unnest($1::smallint[]) as k (shard)
       cross join lateral (select * from person p where p.shard = k.shard limit 1) p`,
      'limits a subquery that refers to rows which every node has',
    ],
    [
      `select * from institution i
       cross join lateral (select * from settlement s where s.institution = i.code offset 3) s`,
      'limits a subquery that refers to rows which every node has',
    ],
  ];

  test.each(broken)('%s: is noticed', async (text, problem) => {
    expect(await checker.check(text)).toEqual([problem]);
  });

  test.each([
    'select * from person p join card c using (shard, person_no)',
    'select * from person p, card c where (p.shard, p.person_no) = (c.shard, c.person_no)',
    'select * from person p, card c where p.shard = $1 and c.shard = $1',
    'select * from settlement s join entry e on (e.shard, e.settlement_id) = (s.shard, s.id)',
    'select * from person where shard = $1 and person_no = any ($2) for update',
    "select * from reference_revision where name = 'policy' for update",
    'with k as (select * from card_owner where card_id = $1) select * from card join k using (shard, card_id)',
    `select * from (select shard from card union all select shard from refund) as any_row
     join person using (shard)`,
  ])('%s: is as it should be', async (text) => {
    expect(await checker.check(text)).toEqual([]);
  });
});

describe('every statement of the engine', () => {
  let world: World;
  let sent: readonly string[];

  beforeAll(async () => {
    const query = vi.spyOn(pg.Client.prototype, 'query');
    try {
      world = await startWorld({ bankTimeoutMs: 150 });
      await askEverything(world);
      sent = query.mock.calls.flatMap((call, index) =>
        isOfStore(query.mock.contexts[index]) ? [textOf(call[0])] : [],
      );
    } finally {
      query.mockRestore();
    }
    sent = [...new Set([...sent, ...Object.values(readStatements), ...everythingWritten])];
  });
  afterAll(() => world.close());

  test('was heard: of each table', async () => {
    const heard = new Set<string>();
    for (const text of sent) for (const name of await checker.tablesOf(text)) heard.add(name);
    const placed = readPlacements().map(({ table }) => table);
    // Entries of months that were taken away are read and written by functions of the database only.
    expect(placed.filter((table) => !heard.has(table))).toEqual(['carried_entries']);
  });

  test('was heard: of each file that sends any', () => {
    const speaks = /\bsql[<`]|\.query[<(]|\.(selectFrom|insertInto|updateTable|deleteFrom)\(/;
    const files = sourceFiles(/^engine\/.*\.ts$/).filter(({ text }) => speaks.test(text));
    // Who is new here is to be asked in `askEverything`.
    expect(files.map(({ path }) => path).sort()).toEqual([
      // Looks at settings.
      'engine/ops/postgres/durability-check.ts',
      // Makes the database.
      'engine/ops/postgres/embedded-database.ts',
      'engine/store/tables/answer-block.ts',
      'engine/store/reads/bank-leg-reads.ts',
      'engine/store/batch/batch-read.ts',
      'engine/store/reference/catalogue-store.ts',
      'engine/store/connection/database-time.ts',
      // "set …" and "discard plans".
      'engine/store/connection/pipelined-connection.ts',
      // Runs the migrations.
      'engine/store/migrate.ts',
      'engine/store/partitions/partitions.ts',
      'engine/store/reads/person-reads.ts',
      'engine/store/reference/policy-store.ts',
      'engine/store/batch/post-batch.ts',
      'engine/store/reads/recorded-settlements.ts',
      'engine/store/reference/reference-store.ts',
      'engine/store/reference/seed-store.ts',
      'engine/store/upkeep/shard-owners.ts',
    ]);
  });

  test('keeps the rules, but for “offset 0”', async () => {
    const problems: Record<string, readonly string[]> = {};
    const limited: string[] = [];
    for (const text of sent) {
      const found = await checker.check(text);
      if (!found.includes(limits)) {
        if (found.length > 0) problems[text] = found;
        continue;
      }
      limited.push(text);
      // It says the same without: “offset 0” only holds the planner of one PostgreSQL to an order.
      const rest = await checker.check(text.replaceAll(/ offset 0\b/g, ''));
      if (rest.length > 0) problems[text] = rest;
    }
    expect(problems).toEqual({});
    const reads = new Map(Object.entries(readStatements).map(([name, text]) => [text, name]));
    const names = limited.map((text) => reads.get(text) ?? text);
    expect(names.sort()).toEqual(
      [...reads.values()].filter((name) => name !== 'invalidList').sort(),
    );
  });
});

const limits = 'limits a subquery that refers to rows which every node has';

/** All parts that a batch can have; each stands by itself in the statement. A function has at most 100 arguments. */
const everythingWritten = [
  writeStatement([
    { name: 'person', action: 'guard', columns: written.personColumns },
    { name: 'card', action: 'update', columns: written.cardColumns },
    { name: 'accumulator', action: 'upsert', columns: written.accumulatorColumns },
    { name: 'step', action: 'rows', columns: written.transitionColumns },
    { name: 'new_settlement', action: 'insert', columns: written.settlementColumns },
    { name: 'new_request', action: 'insert', columns: written.requestColumns },
    { name: 'answer_block', action: 'insert', columns: written.answerBlockColumns },
    { name: 'new_bank_leg', action: 'insert', columns: written.bankLegColumns },
    { name: 'posting', action: 'insert', columns: written.postingColumns },
  ]),
  writeStatement([
    { name: 'person', action: 'guard', columns: written.personColumns },
    { name: 'settlement', action: 'update', columns: written.settlementChangeColumns },
    { name: 'request', action: 'update', columns: written.requestColumns },
    { name: 'bank_leg', action: 'update', columns: written.bankLegColumns },
    { name: 'new_refund', action: 'insert', columns: written.refundColumns },
    { name: 'refund', action: 'update', columns: written.refundColumns },
    { name: 'outbox', action: 'insert', columns: written.outboxColumns },
  ]),
  writeStatement([
    { name: 'held_shard', action: 'hold', columns: heldShardColumns },
    { name: 'closing_proposal', action: 'insert', columns: written.resolutionProposalColumns },
    { name: 'closing_approval', action: 'insert', columns: written.resolutionApprovalColumns },
  ]),
];

/** The engine's and the seed's own connections; not the tests'. */
function isOfStore(connection: unknown): boolean {
  const parameters: unknown = Object(connection).connectionParameters;
  return /^yikatong(-seed)?$/.test(String(Object(parameters).application_name));
}

function textOf(query: unknown): string {
  return typeof query === 'string' ? query : String(Object(query).text);
}

/** A sale, a refund, enquiries and a reversal over HTTP, then whatever else the stores can be asked for. */
async function askEverything(world: World): Promise<void> {
  const counter = await openCounter(world, sandboxTerminals.dongguanPharmacy);
  const customer = await world.enrol({ accountBalance: fen(5_000n) });
  const request = await counter.requestFor(customer, { tender: 'bank-debit', useAccount: false });
  const { settlementId } = approvedBody(await counter.client.settle(request));
  await counter.client.byRequestKey(request.requestKey);
  const refund = { requestKey: 'refund-of-everything' };
  approvedBody(await counter.client.refund(settlementId, refund));
  approvedBody(await counter.client.settlement(settlementId));
  world.host.misbehave({ on: 'sale', kind: 'silent-after-posting' });
  const lost = await counter.requestFor(customer, { tender: 'bank-debit', useAccount: false });
  await counter.client.settle(lost);
  await vi.waitFor(async () => expect(await openWork(world)).toBe(0), { timeout: 15_000 });
  // One that stays open, for whoever looks after open ones.
  await world.query(
    `update bank_leg set state = 'reversing', open_since = $1, next_attempt_at = $1 where leg_no = 0`,
    [Date.now() + 30_000],
  );
  await askStore(world.databaseUrl);
  await askRecords(world.databaseUrl);
  await askReferenceData(world.databaseUrl);
  await askShardOwners(world.databaseUrl);
}

async function askStore(url: string): Promise<void> {
  const now = Date.now();
  const decide = () => {
    throw new Error('nothing is decided here');
  };
  const store = createStore({ url, now: () => now, decide, log: () => undefined });
  await store.dueBankLegs(now, 5);
  await store.countOpenLegs();
  const [open] = await store.listOpenLegs(5);
  expect(open).toBeDefined();
  const trace = { terminalId: 'T', merchantId: 'M', stan: 1 };
  await store.legsOfTrace({ ...trace, batch: 1 });
  await store.legsOfTrace({ ...trace, batch: undefined });
  await store.close();
  const months = openPartitions({ url });
  await months.listMonths();
  await months.addMonths(now);
  expect(await months.detachMonth('2020_01')).toMatchObject({ ok: false });
  await months.close();
}

async function askRecords(url: string): Promise<void> {
  const recorded = openRecordedSettlements({ url });
  const days = { from: '2020-01-01', to: '2099-12-31' };
  expect(await recorded.count(days)).toBe(2);
  for await (const page of recorded.readBills(days)) expect(page.length).toBeLessThan(3);
  for await (const page of recorded.readBooks(days)) expect(page.length).toBeLessThan(3);
  await recorded.close();
  const time = openDatabaseTime(url);
  await time.read();
  await time.close();
}

async function askShardOwners(url: string): Promise<void> {
  const owners = openShardOwners(url);
  const engine = 'a'.repeat(16);
  await owners.succeed(engine, 'http://engine-a:8443');
  await owners.renew({ engine, address: 'http://engine-a:8443', leaseUntil: 2_000 }, 1_000);
  await owners.take(engine, 16, 1_000);
  await owners.giveUp(engine, [1]);
  const key = { shard: 3, personNo: 'P' as PersonNo };
  const settlementId = '03' as SettlementId;
  const word = { type: 'release-reservation', key, at: 1, settlementId, fence: 0 } as const;
  await owners.leaveWord({ ...word, responseCode: undefined });
  for (const left of await owners.readWords([3], 5)) await owners.removeWord(left);
  await owners.leave(engine);
  await owners.close();
}

async function askReferenceData(url: string): Promise<void> {
  const data = openReferenceData(url);
  const pack = { id: '110000/2027-01-01-a', content: '{}', digest: 'a', activatedAt: 1 };
  expect(await data.packs.addPacks([pack])).toEqual([]);
  await data.packs.readPack(pack.id);
  const header = {
    id: '110000/2027-01-01',
    regions: ['110000'],
    effectiveFrom: '2027-01-01',
    effectiveTo: undefined,
  };
  const about = { region: '110000', header, items: 0, digest: 'b', importedAt: 1 };
  await data.catalogues.beginImport(about);
  // Throws the one before away.
  const version = await data.catalogues.beginImport(about);
  await expect(data.catalogues.addItems(version, [[]])).rejects.toThrow('"code"');
  await data.catalogues.activate(version, 2);
  await data.catalogues.listActive();
  await data.catalogues.readHeader(version);
  await data.catalogues.readItems(version, '', 5);
  await data.close();
}
