/**
 * What a table's module writes of a row, it reads back: every member, each with a value of its own, so
 * that no
 * two are exchanged.
 */
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type {
  CardId,
  InstitutionCode,
  PersonNo,
  RequestKey,
  SettlementId,
  TerminalId,
} from '../../../../../engine/base/ids/ids.ts';
import type { Fen } from '../../../../../engine/base/money/fen.ts';
import type { Card } from '../../../../../engine/domain/card/card.ts';
import { unknownOrigin } from '../../../../../engine/domain/card/card.ts';
import { statesOf } from '../../../../../engine/domain/card/card-standing.ts';
import type { Claim, Correction } from '../../../../../engine/domain/correction/correction.ts';
import type { BankLeg } from '../../../../../engine/domain/leg/bank-leg.ts';
import type { Accumulator, Person } from '../../../../../engine/domain/person/person.ts';
import type { Refund } from '../../../../../engine/domain/refund/refund.ts';
import type { RequestRecord } from '../../../../../engine/domain/request/request-record.ts';
import type { Resolution } from '../../../../../engine/domain/resolution/resolution.ts';
import type { Settlement } from '../../../../../engine/domain/settlement/settlement.ts';
import { binaryArray } from '../../../../../engine/store/batch/binary-array.ts';
import { part } from '../../../../../engine/store/batch/part.ts';
import { writeStatement } from '../../../../../engine/store/batch/write-statement.ts';
import { storeTypes } from '../../../../../engine/store/connection/pipelined-connection.ts';
import { accumulatorTable } from '../../../../../engine/store/tables/accumulator.ts';
import { bankLegTable } from '../../../../../engine/store/tables/bank-leg.ts';
import { cardTable } from '../../../../../engine/store/tables/card.ts';
import { claimTable } from '../../../../../engine/store/tables/claim.ts';
import { correctionTable } from '../../../../../engine/store/tables/correction.ts';
import { personTable } from '../../../../../engine/store/tables/person.ts';
import type { PersonTable } from '../../../../../engine/store/tables/person-table.ts';
import { refundTable } from '../../../../../engine/store/tables/refund.ts';
import {
  type RequestRow,
  requestTable,
  withAnswers,
} from '../../../../../engine/store/tables/request.ts';
import { approvalTable, resolutionTable } from '../../../../../engine/store/tables/resolution.ts';
import { settlementTable } from '../../../../../engine/store/tables/settlement.ts';
import type { WrittenTable } from '../../../../../engine/store/tables/table.ts';
import { operator } from '../../../../support/domain/operator.ts';
import type { TestDatabase } from '../../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../../support/postgres/test-database.ts';

let database: TestDatabase;
let client: pg.Client;
beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url, types: storeTypes });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await database.drop();
});

const key = { shard: 7, personNo: '44190099000001000007' as PersonNo };
const settlementId = '07ABCDEFGHJKMNPQRSTVWXYZ0123' as SettlementId;
const requestKey = 'key-of-the-request-01' as RequestKey;
const terminalId = 'P44190000001-01' as TerminalId;
const cardId = '441900D15600000500000000000F4240' as CardId;
const at = Date.UTC(2026, 10, 22, 2, 0, 0);
const amounts = {
  total: 1_111n as Fen,
  fundTotal: 700n as Fen,
  otherTotal: 11n as Fen,
  accountPay: 300n as Fen,
  patientPay: 100n as Fen,
};

const person: Person = {
  key,
  region: '441900',
  scheme: '310',
  personType: '1101',
  insured: false,
  birthDate: '1980-01-01',
  traits: ['main-point@H44190099001', 'family, "doctor"'],
  insuredSpans: [
    {
      region: '230200',
      scheme: '390',
      personType: '1501',
      from: '2026-02-28',
      until: '2027-01-31',
    },
    { region: '441900', scheme: '310', personType: '1101', from: '2020-01-01', until: undefined },
  ],
  accountStatus: 'frozen',
  accountBalance: 9_007_199_254_740_993n as Fen,
  accountHeld: 17n as Fen,
  version: 5,
};
const card: Card = {
  key,
  cardId,
  cardNumberHash: '0pT0Dm3IkqJy6nvDW941yg',
  sealedCardNumber: '1.c2VhbGVk',
  cardClass: '3',
  specVersion: '2.00',
  expiresOn: '2036-01-01',
  ...{ status: 'oral-loss', medical: 'initial-pin', financial: 'not-activated' },
  statusSince: at - 1,
  oralLossUntil: at + 1,
  steps: 3,
  origin: { applicationNo: 'A1', issuingBank: '102', replaces: 'B' as CardId },
  replacedBy: 'C' as CardId,
  pinVerifier: 'FEDC',
  pinWrongTries: 2,
  lastChallenge: at * 1_000,
  lastAtc: 77,
};
const accumulator: Accumulator = {
  key,
  year: 2026,
  scheme: '390',
  amounts: new Map([
    ['in-scope', 12n as Fen],
    ['paid', -3n as Fen],
  ]),
  lastNo: 6,
  heldBy: settlementId,
};
const settlement: Settlement = {
  key,
  id: settlementId,
  state: 'reversing',
  requestKey,
  terminalId,
  institution: 'P44190000001' as InstitutionCode,
  cardId,
  careType: '41',
  prescriptionNo: 'RX20261122-0001',
  careRegion: '441901',
  insuredRegion: '441902',
  acceptedAt: at,
  businessDate: '2026-11-22',
  postedAt: at + 2,
  tender: 'bank-debit',
  packId: '441900-pharmacy',
  listSet: 7,
  accumulatorNo: 9,
  input: {
    careType: '41',
    serviceDate: '2026-11-21',
    lines: [],
    carePlace: { kind: 'pharmacy', level: undefined, isCommunity: false },
    insured: { scheme: '310', personType: '1101', ageYears: 46, traits: new Set(['main-point']) },
    accumulators: new Map([['paid', 4n as Fen]]),
    accountAvailable: 5n as Fen,
  },
  amounts,
  warnings: [{ check: 'age', lineNos: ['1'], zh: '年龄', en: 'age', source: 'rule' }],
  confirmation: { supervisor: '王主管', reason: '进口药 "x"' },
  refundedLines: ['2', 'a "b"'],
  balanceAfter: 6n as Fen,
  deadline: at + 3,
};
const bankLeg: BankLeg = {
  key,
  settlementId,
  legNo: 0,
  kind: 'void',
  state: 'reversing',
  amount: 100n as Fen,
  stan: 12,
  batch: 13,
  bankTerminalId: '00000001',
  bankMerchantId: '123456789012345',
  sealedReference: 'sealed',
  rrn: '123456789012',
  authCode: '654321',
  responseCode: '98',
  hostTime: '1122100000',
  reversalReason: '96',
  attempts: 4,
  nextAttemptAt: at + 4,
  openSince: at + 5,
  fence: 6,
  lateRrn: '210987654321',
};
const refund: Refund = {
  key,
  settlementId,
  refundNo: 1,
  state: 'declined',
  requestKey: 'key-of-the-refund-01' as RequestKey,
  terminalId,
  lines: ['1', '2'],
  amounts,
  claimPay: 9n as Fen,
  at: at + 6,
};
const resolution: Resolution = {
  key,
  settlementId,
  proposalNo: 1,
  legNo: 0,
  outcome: 'bank-kept',
  reason: 'the bank says so',
  lateRrn: '210987654321',
  proposedBy: operator('wang'),
  proposedAt: at + 7,
  approval: undefined,
};
const approval = { by: operator('li'), at: at + 8 };
const request: RequestRecord = {
  key,
  terminalId,
  cardId,
  requestKey,
  fingerprint: 'bc232c72',
  settlementId,
  state: 'final',
  answer: { outcome: 'declined', status: 422, body: '{"a":"Ö"}', code: 'BANK_FUNDS_SHORT' },
  at: at + 9,
};
const running: RequestRecord = {
  ...request,
  requestKey: 'key-of-the-request-02' as RequestKey,
  settlementId: undefined,
  state: 'running',
  answer: undefined,
};

async function insert<Row>(table: WrittenTable<Row>, rows: readonly Row[]): Promise<void> {
  const inserted = part('inserted', 'insert', table, rows);
  await client.query(writeStatement([inserted]), [...inserted.values]);
}

/** Writes the rows, and reads what the table has now. */
async function writeAndRead<Row>(
  table: PersonTable<Row>,
  rows: readonly Row[],
): Promise<readonly (Row | undefined)[]> {
  await insert(table, rows);
  const found = await client.query<object>(`select * from ${table.table}`);
  return found.rows.map((row) => table.read?.(row));
}

test('a person', async () => {
  // What the account held when it came into the ledger is no member of a person, nor is what is sealed.
  const opening = { name: 'opening_balance', type: 'bigint', of: () => 0n } as const;
  const sealed = { name: 'sealed_name', type: 'text', of: () => '1.c2VhbGVk' } as const;
  const table = { ...personTable, fixed: [...personTable.fixed, opening, sealed] };
  expect(await writeAndRead<Person>(table, [person])).toEqual([person]);
});

test('cards, with and without what a card may lack', async () => {
  const bare: Card = {
    ...{ ...card, ...statesOf('active'), cardId: 'B' as CardId, expiresOn: undefined },
    ...{ oralLossUntil: undefined, origin: unknownOrigin, replacedBy: undefined },
  };
  expect(await writeAndRead(cardTable, [card, bare])).toEqual([card, bare]);
});

test('yearly totals', async () => {
  expect(await writeAndRead(accumulatorTable, [accumulator])).toEqual([accumulator]);
});

test('settlements', async () => {
  const released: Settlement = {
    ...settlement,
    id: '07ABCDEFGHJKMNPQRSTVWXYZ0124' as SettlementId,
    state: 'released',
    prescriptionNo: undefined,
    confirmation: undefined,
    postedAt: undefined,
    deadline: undefined,
  };
  const rows = [settlement, released];
  expect(await writeAndRead(settlementTable, rows)).toEqual(rows);
});

test('bank legs, with and without what the bank says', async () => {
  const bare: BankLeg = {
    ...bankLeg,
    legNo: 1,
    state: 'not-sent',
    rrn: undefined,
    authCode: undefined,
    responseCode: undefined,
    hostTime: undefined,
    reversalReason: undefined,
    nextAttemptAt: undefined,
    openSince: undefined,
    lateRrn: undefined,
  };
  expect(await writeAndRead(bankLegTable, [bankLeg, bare])).toEqual([bankLeg, bare]);
});

test('a refund', async () => {
  expect(await writeAndRead(refundTable, [refund])).toEqual([refund]);
});

test('a correction and its claim', async () => {
  const correction: Correction = {
    ...{ key, settlementId, correctionNo: 2, causedBy: 'an earlier one' as SettlementId },
    ...{ refundNo: 3, linesRefunded: 4 },
    accumulators: new Map([['paid', 8n as Fen]]),
    accountAvailable: 300n as Fen,
    before: { ...amounts, fundTotal: 690n as Fen, patientPay: 110n as Fen },
    amounts,
    at: at + 8,
  };
  const claim: Claim = {
    ...{ key, settlementId, region: '441900', owed: -10n as Fen, paid: -7n as Fen },
    ...{ payments: 1, changedAt: at + 9, paidBy: 'li', voucher: 'R-1' },
  };
  const unpaid = { ...claim, settlementId: settlement.id, payments: 0 };
  const bare = { ...unpaid, paidBy: undefined, voucher: undefined };
  expect(await writeAndRead(correctionTable, [correction])).toEqual([correction]);
  expect(await writeAndRead(claimTable, [claim])).toEqual([claim]);
  await client.query('delete from claim');
  expect(await writeAndRead(claimTable, [bare])).toEqual([bare]);
});

test('closings by hand, proposed and approved', async () => {
  const approved = { ...resolution, proposalNo: 2, lateRrn: undefined, approval };
  await insert(resolutionTable, [resolution, approved]);
  await insert(approvalTable, [approved]);
  const [read] = resolutionTable.reads;
  const { rows } = await client.query(read?.text ?? '', [
    binaryArray('smallint', [key.shard]),
    ...[key.personNo, settlementId].map((text) => binaryArray('text', [text])),
  ]);
  expect(rows.map(resolutionTable.read)).toEqual([resolution, approved]);
});

test('requests with their answers', async () => {
  const parts = requestTable.parts({ added: [request, running], changed: [] });
  for (const written of parts.filter(({ rows }) => rows > 0)) {
    await client.query(writeStatement([written]), [...written.values]);
  }
  const { rows } = await client.query<RequestRow>('select * from request');
  expect(await withAnswers(client, rows)).toEqual([request, running]);
});
