import type pg from 'pg';
import type { FactsNeed } from '../../domain/command.ts';
import type { RequestRecord } from '../../domain/request/request-record.ts';
import { part } from '../batch/part.ts';
import { requestsOfSettlements } from '../reads/settlement-requests.ts';
import { answerBlockTable, type PlacedRequest, placeAnswers, readAnswers } from './answer-block.ts';
import {
  bigint,
  type ColumnsOf,
  keyOf,
  personKey,
  type StoredOf,
  smallint,
  text,
} from './column.ts';
import { byRequestKey, bySettlement, itsSettlement, rowsByKey } from './find-rows.ts';
import { listOf, nowOf, ofSettlement, type PersonTable } from './person-table.ts';
import { tableOf } from './table.ts';

const columns = {
  ...personKey('fixed'),
  terminal_id: text('key', (row) => row.terminalId),
  request_key: text('key', (row) => row.requestKey),
  card_id: text('key', (row) => row.cardId),
  at: bigint('key', (row) => row.at),
  fingerprint: text('fixed', (row) => row.fingerprint),
  settlement_id: text('changing', (row) => row.settlementId),
  state: text('changing', (row) => row.state),
  answer_status: smallint('changing', (row) => row.answer?.status),
  answer_outcome: text('changing', (row) => row.answer?.outcome),
  answer_code: text('changing', (row) => row.answer?.code),
  answer_shard: smallint('changing', (row) => row.place?.shard),
  answer_block: bigint('changing', (row) => row.place?.block),
  answer_no: smallint('changing', (row) => row.place?.no),
} satisfies ColumnsOf<PlacedRequest>;

export type RequestRow = StoredOf<typeof columns>;

function read(row: RequestRow, body: string | undefined): RequestRecord {
  const { answer_status: status, answer_outcome: outcome, answer_code: code } = row;
  const isAnswered = status !== null && outcome !== null && body !== undefined;
  return {
    key: keyOf(row),
    terminalId: row.terminal_id,
    cardId: row.card_id,
    requestKey: row.request_key,
    fingerprint: row.fingerprint,
    settlementId: row.settlement_id ?? undefined,
    state: row.state,
    answer: isAnswered ? { outcome, status, body, code: code ?? undefined } : undefined,
    at: Number(row.at),
  };
}

/**
 * Requests with their answers. Most batches find no request that was answered before; then nothing is read.
 * @throws InvariantViolation when a block is not there: its month was taken away meanwhile
 */
export async function withAnswers(
  client: pg.ClientBase,
  rows: readonly RequestRow[],
): Promise<readonly RequestRecord[]> {
  const bodies = await readAnswers(client, rows);
  return rows.map((row, i) => read(row, bodies[i]));
}

/** How far from now a new settlement's key is looked for, ms: clocks may be wrong, and months have an end. */
const FRESH_KEY_MS = 31 * 86_400_000;

function freshWindow(needs: readonly FactsNeed[]): readonly number[] {
  const times = needs.map(({ request }) => request?.near ?? 0);
  return [Math.min(...times) - FRESH_KEY_MS, Math.max(...times) + FRESH_KEY_MS];
}

const { keys } = byRequestKey;
const keyColumns = ['request_key', 'terminal_id'];
const ofItsSettlement = `select t.* from ${bySettlement.keys}
    cross join lateral (${requestsOfSettlements(itsSettlement)}) t`;

const table = tableOf('request', columns);

/** Request keys with their answers. */
export const requestTable = {
  ...table,
  reads: [
    {
      name: 'freshRequest',
      text: rowsByKey('request', keys, keyColumns, 'r.at between $5 and $6'),
      keyOf: (need) => (need.request?.near === undefined ? undefined : byRequestKey.keyOf(need)),
      more: freshWindow,
    },
    {
      name: 'ownRequest',
      text: rowsByKey('request', keys, keyColumns),
      keyOf: (need) => (need.request?.near === undefined ? byRequestKey.keyOf(need) : undefined),
    },
    { name: 'settlementRequest', text: ofItsSettlement, keyOf: bySettlement.keyOf },
  ],
  readAll: withAnswers,
  rowKey: ({ terminalId, requestKey, cardId }) => `${terminalId} ${requestKey} ${cardId}`,
  facts(requests, asked) {
    const { terminalId, requestKey } = asked.request ?? {};
    const ofItsOwn = ofSettlement(requests, asked);
    return {
      requests: requests.filter(
        (row) =>
          (row.terminalId === terminalId && row.requestKey === requestKey) ||
          ofItsOwn.includes(row),
      ),
    };
  },
  written: ({ request }) => listOf(request),
  parts({ added, changed }) {
    const { placed, blocks } = placeAnswers([...added, ...nowOf(changed)]);
    return [
      part('new_request', 'insert', table, placed.slice(0, added.length)),
      part('request', 'update', table, placed.slice(added.length)),
      part('answer_block', 'insert', answerBlockTable, blocks),
    ];
  },
} satisfies PersonTable<RequestRecord>;
