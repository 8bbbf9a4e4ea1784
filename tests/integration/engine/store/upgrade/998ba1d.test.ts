/**
 * Goal: an operator upgrades and loses nothing. The database was made by the version 998ba1d, with
 * settlements in
 * every state; today's migrations and code take it over.
 */
import { afterEach, beforeEach, expect, test } from 'vitest';
import type {
  CardId,
  PersonKey,
  PersonNo,
  RequestKey,
  SettlementId,
  TerminalId,
} from '../../../../../engine/base/ids/ids.ts';
import { makeSettlementId, shardOf } from '../../../../../engine/base/ids/ids.ts';
import { readPolicy } from '../../../../../engine/compose/history.ts';
import type { LineShare } from '../../../../../engine/contract/split.ts';
import type { Command } from '../../../../../engine/domain/commands.ts';
import { createDecide } from '../../../../../engine/domain/decide.ts';
import type { SettleBill } from '../../../../../engine/domain/settlement/settle-bill.ts';
import type { Settlement } from '../../../../../engine/domain/settlement/settlement.ts';
import { readSettlement } from '../../../../../engine/flows/enquiry/read-settlement.ts';
import { replaySettlements } from '../../../../../engine/flows/history/replay-settlements.ts';
import { createCatalogueSource } from '../../../../../engine/flows/policy/catalogue-source.ts';
import { createStore } from '../../../../../engine/store/create-store.ts';
import { openRecordedSettlements } from '../../../../../engine/store/reads/recorded-settlements.ts';
import { openReferenceData } from '../../../../../engine/store/reference/reference-data.ts';
import { createReferenceStore } from '../../../../../engine/store/reference/reference-store.ts';
import * as build from '../../../../support/domain/builders.ts';
import { operator } from '../../../../support/domain/operator.ts';
import { flowDeps } from '../../../../support/flows/flow-deps.ts';
import { rendered } from '../../../../support/flows/rendered.ts';
import { ledgerProblems, query } from '../toy-store.ts';
import type { KeptDatabase } from './kept-database.ts';
import { countRows, openKeptDatabase } from './kept-database.ts';

const { MORNING } = build;
/** After everything that the version did. */
const LATER = MORNING + 2 * 86_400_000;

let kept: KeptDatabase;
let policy: Awaited<ReturnType<typeof readPolicy>>;
let store: ReturnType<typeof createStore<Command>>;
beforeEach(async () => {
  kept = await openKeptDatabase('998ba1d', '0013');
  policy = await readPolicy(kept.url);
  store = createStore({
    url: kept.url,
    decide: createDecide(() => policy.policy),
    now: () => performance.now(),
    log: () => undefined,
  });
});
afterEach(async () => {
  await store.close();
  await kept.close();
});

/** What is told: the answer's code, or its outcome. */
async function give(command: Command): Promise<string> {
  const result = await store.execute(command);
  if (!result.ok) return result.error.kind;
  return result.value.answer.code ?? result.value.answer.outcome;
}

async function settlementOf(name: string): Promise<Settlement> {
  const found = await query(
    kept.url,
    `select id from settlement where request_key = '${build.keyOf(name)}'`,
  );
  const facts = await store.readSettlement(found[0]?.['id'] as SettlementId);
  if (facts?.settlement === undefined) throw new Error(`no settlement ${name}`);
  return facts.settlement;
}

/** What a command about a settlement's leg says of it. */
async function leg(name: string) {
  const { key, id: settlementId } = await settlementOf(name);
  const legs = (await store.readSettlement(settlementId))?.bankLegs ?? [];
  const last = legs.toSorted((a, b) => a.legNo - b.legNo).at(-1);
  if (last === undefined) throw new Error(`${name} has no leg`);
  return { key, settlementId, at: LATER, fence: last.fence };
}

/** A person's next bill, by today's code. */
function nextBill(index: number, change: Partial<SettleBill> = {}): SettleBill {
  const personNo = `4419000000000000000000${String(index).padStart(4, '0')}` as PersonNo;
  const key = { shard: shardOf(personNo), personNo };
  const cardId = `441900D156000005${String(index).padStart(16, '0')}` as CardId;
  return {
    ...build.settleBill({ name: `next-${index}`, at: LATER, key, cardId, ...change }),
    settlementId: makeSettlementId(key.shard, LATER, new Uint8Array(10).fill(200 + index)),
    presented: build.presentedCard(build.card({ cardId })),
  };
}

async function replay() {
  const recorded = openRecordedSettlements({ url: kept.url });
  const reports: object[] = [];
  const summary = await replaySettlements({
    ...policy,
    // The entries of the month before these days were detached.
    days: { from: '2026-03-01', to: '2026-12-31' },
    recorded,
    onReport: (report) => reports.push(report),
    onProgress: () => undefined,
  });
  await recorded.close();
  return { reports, read: summary.read, identical: summary.identical };
}

test('the database holds every state that a settlement, leg, refund or request can be in', async () => {
  const values = async (column: string, table: string) => {
    const rows = await query(kept.url, `select distinct ${column} as value from ${table}`);
    return rows.map(({ value }) => String(value)).sort();
  };
  const states = 'posted refunded refunding released reserved reversing';
  expect(await values('state', 'settlement')).toEqual(states.split(' '));
  const legs = 'approved declined kept not-sent repeating reversed reversing sending';
  expect(await values('state', 'bank_leg')).toEqual(legs.split(' '));
  expect(await values('kind', 'bank_leg')).toEqual(['refund', 'sale', 'void']);
  expect(await values('tender', 'settlement')).toEqual(['bank-debit', 'cash', 'none']);
  expect(await values('state', 'refund')).toEqual(['declined', 'done', 'running']);
  expect(await values('state', 'request')).toEqual(['final', 'running', 'unknown']);
  expect(await values('outcome', 'closing_proposal')).toEqual(['bank-kept', 'bank-reversed']);
  expect(await values('account', 'carried_entries')).toContain('person');
});

test('no table loses a row, and the books balance', async () => {
  const after = await countRows(kept.url);
  const gone = ['bank_word', 'engine_lease', 'shard_owner'];
  const fewer = [...kept.rowsBefore].filter(([table, rows]) => (after.get(table) ?? 0) < rows);
  expect(fewer.map(([table]) => table).sort()).toEqual(gone);
  expect(await ledgerProblems(kept.url)).toEqual([]);
});

test('every request key is answered once more with the bytes that it got then', async () => {
  const { answers } = kept.expected;
  const requests = await query(
    kept.url,
    `select r.*, f.settlement_id as refund_of, s.institution from request r
     left join refund f on (f.shard, f.settlement_id, f.request_key) = (r.shard, r.settlement_id, r.request_key)
     left join settlement s on (s.shard, s.id) = (r.shard, r.settlement_id)`,
  );
  expect(requests.map((row) => String(row['request_key'])).sort()).toEqual(
    Object.keys(answers).sort(),
  );
  for (const row of requests) {
    const result = await store.execute(await repeatOf(row));
    const told = result.ok ? result.value.rendered : result.error;
    expect(told).toMatchObject(answers[String(row['request_key'])] ?? {});
  }
  expect(await ledgerProblems(kept.url)).toEqual([]);
});

/** The command of a stored request, as a terminal that lost the answer gives it a minute later. */
async function repeatOf(row: Record<string, unknown>): Promise<Command> {
  const key: PersonKey = { shard: Number(row['shard']), personNo: row['person_no'] as PersonNo };
  const at = Number(row['at']) + 60_000;
  const request = {
    terminalId: row['terminal_id'] as TerminalId,
    requestKey: row['request_key'] as RequestKey,
    fingerprint: String(row['fingerprint']),
  };
  if (row['refund_of'] === null) {
    return build.settleBill({ at, key, cardId: row['card_id'] as CardId, request });
  }
  const facts = await store.readSettlement(row['refund_of'] as SettlementId);
  if (facts?.settlement === undefined) throw new Error('a refund has a settlement');
  return build.refundSettlement(facts.settlement, { at, request });
}

/** What documents have said since, as bytes: a bill of then has none of this money. */
const addedSince = ['"ownpay_hosp_part":"0.00",'];

/**
 * The document without what was added since; each of that must be in it, and the sums of refunds where a line
 * went back.
 */
function asThen(document: string): string {
  const without = addedSince.filter((member) => !document.includes(member));
  expect(without).toEqual([]);
  const text = addedSince.reduce((rest, member) => rest.replace(member, ''), document);
  const { refunded, net, ...then } = JSON.parse(text);
  expect(net === undefined).toBe(refunded === undefined);
  expect(refunded !== undefined).toBe(then.lines.some((line: LineShare) => line.refunded));
  return JSON.stringify(then);
}

test('every settlement reads as it did then, byte for byte but for what was added, also of a month that was detached', async () => {
  const deps = flowDeps();
  const source = { current: () => policy.policy, refresh: async () => true };
  const all = await query(kept.url, 'select id, institution from settlement');
  const documents: Record<string, string> = {};
  for (const row of all) {
    const place = [build.dongguanPharmacy, build.dongguanHospital];
    const institution = place.find(({ code }) => code === row['institution']);
    if (institution === undefined) throw new Error('of an unknown place');
    const caller = { terminal: build.terminal(), institution };
    const id = row['id'] as SettlementId;
    const view = await readSettlement({ ...deps, store, policy: source }, caller, id);
    documents[id] = asThen(rendered(view).body);
  }
  expect(documents).toEqual(kept.expected.documents);
});

test('what was open then ends now, and everything is computed again as it was', async () => {
  const before = await replay();
  expect(before).toEqual({ reports: [], read: 24, identical: 24 });

  const { APPROVED } = build;
  const reversed = { responseCode: '00' };
  const refundNo = 1;
  const refunded = { type: 'finish-refund', refundNo, outcome: 'approved', ...APPROVED } as const;
  const propose = { type: 'propose-resolution', legNo: 0, reason: 'as the bank wrote' } as const;
  const [lin, chen] = [operator('lin'), operator('chen')];
  const approve = { type: 'approve-resolution', legNo: 0, proposalNo: undefined } as const;
  const ends: readonly (readonly [
    string,
    string,
    (of: Awaited<ReturnType<typeof leg>>) => Command,
  ])[] = [
    ['reserved', 'approved', (of) => ({ type: 'confirm-debit', ...of, ...APPROVED })],
    [
      'reserved-declined',
      'BANK_FUNDS_SHORT',
      (of) => ({ type: 'release-reservation', ...of, responseCode: '51' }),
    ],
    ['reversing', 'BANK_REVERSED', (of) => ({ type: 'finish-reversal', ...of, ...reversed })],
    ['late', 'BANK_DECLINED', (of) => ({ type: 'finish-reversal', ...of, ...reversed })],
    [
      'away-late',
      'BANK_OUTCOME_UNKNOWN',
      (of) => ({ type: 'finish-reversal', ...of, ...reversed }),
    ],
    ['void', 'approved', (of) => ({ ...refunded, ...of })],
    [
      'void-silent',
      'REFUND_BANK_DECLINED',
      (of) => ({ type: 'finish-void-reversal', ...of, refundNo, ...reversed }),
    ],
    ['refund', 'approved', (of) => ({ ...refunded, ...of })],
    ['refund-silent', 'approved', (of) => ({ ...refunded, ...of })],
    // Its proposer only typed a name: it is proposed again, by a login. Who proposed does not approve.
    ['proposed-kept', 'CLOSING_NOT_PROPOSED', (of) => ({ ...approve, ...of, by: chen })],
    ['proposed-kept', 'approved', (of) => ({ ...propose, ...of, outcome: 'bank-kept', by: lin })],
    ['proposed-kept', 'CLOSING_NEEDS_SECOND_PERSON', (of) => ({ ...approve, ...of, by: lin })],
    ['proposed-kept', 'approved', (of) => ({ ...approve, ...of, by: chen })],
    [
      'proposed-reversed',
      'approved',
      (of) => ({ ...propose, ...of, outcome: 'bank-reversed', by: lin }),
    ],
    ['proposed-reversed', 'approved', (of) => ({ ...approve, ...of, by: chen })],
  ];
  for (const [name, told, command] of ends) {
    expect([name, await give(command(await leg(name)))]).toEqual([name, told]);
  }
  const rest = build.refundSettlement(await settlementOf('partly'), { name: 'rest', at: LATER });
  expect(await give(rest)).toBe('approved');
  expect((await settlementOf('partly')).state).toBe('refunded');

  const open = `select state from settlement where deadline is not null
    union all select state from bank_leg where next_attempt_at is not null
    union all select state from request where state <> 'final'`;
  expect(await query(kept.url, open)).toEqual([]);
  expect(await ledgerProblems(kept.url)).toEqual([]);
  expect(await replay()).toEqual(before);
});

test('cards, keys, packs and catalogues go on from where they were', async () => {
  const wrong = { kind: 'verifier', verifier: 'another' } as const;
  expect(await give(nextBill(19, { pin: wrong }))).toBe('PIN_LOCKED');
  expect(await give(nextBill(20))).toBe('PIN_LOCKED');
  expect(await give(nextBill(23))).toBe('CARD_LISTED_CITY');

  const hospital = build.dongguanHospital;
  const lines = build.pricedLines([build.ASPIRIN], hospital);
  const visit = { institution: hospital.code, carePlace: hospital.carePlace, lines } as const;
  expect(await give(nextBill(3, { ...visit, careType: '11' }))).toBe('approved');
  const packId = '441900/2026-11-20-employee-outpatient';
  expect((await settlementOf('next-3')).packId).toBe(packId);
  expect([...policy.activated]).toEqual([packId]);

  const reference = createReferenceStore({ url: kept.url, now: () => LATER });
  const terminal = await reference.findTerminal(build.terminal().id);
  expect(terminal?.session).toEqual(build.terminal().session);
  expect(terminal?.bankKeys).toMatchObject({ keysNo: 1, pinKeyBlob: 'a'.repeat(40) });
  await reference.close();

  const data = openReferenceData(kept.url);
  const log = { info: () => undefined, warn: () => undefined };
  const source = createCatalogueSource({ shipped: [], store: data.catalogues, log });
  expect(await source.refresh()).toBe(true);
  expect(source.current().map(({ items }) => items.size)).toEqual([3]);
  await data.close();
});
