import { invariant } from '../../base/errors/result.ts';
import type { FactsNeed } from '../../domain/command.ts';
import { isPrescribed } from '../../domain/settlement/prescription.ts';
import type { Settlement, SettlementAmounts } from '../../domain/settlement/settlement.ts';
import { part } from '../batch/part.ts';
import {
  bigint,
  type ColumnsOf,
  integer,
  json,
  keyOf,
  msOf,
  personKey,
  type StoredOf,
  text,
  textArray,
} from './column.ts';
import {
  byId,
  byPerson,
  byPrescription,
  bySettlement,
  findRows,
  itsSettlement,
  type Read,
  rowsByKey,
} from './find-rows.ts';
import { type Changed, listOf, type PersonTable } from './person-table.ts';
import { fromSplitInputJson, toSplitInputJson } from './split-input-json.ts';
import { tableOf, type WrittenColumn, type WrittenTable } from './table.ts';

/** The amounts of a settlement, and those of a refund. */
export const amountColumns = {
  total: bigint('changing', ({ amounts }) => amounts.total),
  fund_total: bigint('changing', ({ amounts }) => amounts.fundTotal),
  other_pay: bigint('changing', ({ amounts }) => amounts.otherTotal),
  account_pay: bigint('changing', ({ amounts }) => amounts.accountPay),
  patient_pay: bigint('changing', ({ amounts }) => amounts.patientPay),
} satisfies ColumnsOf<{ readonly amounts: SettlementAmounts }>;

export function readAmounts(row: StoredOf<typeof amountColumns>): SettlementAmounts {
  return {
    total: row.total,
    fundTotal: row.fund_total,
    otherTotal: row.other_pay,
    accountPay: row.account_pay,
    patientPay: row.patient_pay,
  };
}

const columns = {
  ...personKey('fixed'),
  id: text('key', (row) => row.id),
  request_key: text('fixed', (row) => row.requestKey),
  terminal_id: text('fixed', (row) => row.terminalId),
  institution: text('fixed', (row) => row.institution),
  card_id: text('fixed', (row) => row.cardId),
  care_type: text('fixed', (row) => row.careType),
  prescription_no: text('fixed', (row) => row.prescriptionNo),
  care_region: text('fixed', (row) => row.careRegion),
  insured_region: text('fixed', (row) => row.insuredRegion),
  accepted_at: bigint('fixed', (row) => row.acceptedAt),
  business_date: text('fixed', (row) => row.businessDate),
  tender: text('fixed', (row) => row.tender),
  pack_id: text('fixed', (row) => row.packId),
  list_set: integer('fixed', (row) => row.listSet),
  accumulator_no: integer('fixed', (row) => row.accumulatorNo),
  input: json('fixed', (row) => toSplitInputJson(row.input)),
  warnings: json('fixed', (row) => row.warnings),
  confirmed_by: text('fixed', (row) => row.confirmation?.supervisor),
  confirm_reason: text('fixed', (row) => row.confirmation?.reason),
  state: text('changing', (row) => row.state),
  posted_at: bigint('changing', (row) => row.postedAt),
  ...amountColumns,
  refunded_lines: textArray('changing', (row) => row.refundedLines),
  balance_after: bigint('changing', (row) => row.balanceAfter),
  deadline: bigint('changing', (row) => row.deadline),
} satisfies ColumnsOf<Settlement>;

export type SettlementRow = StoredOf<typeof columns>;

function read(row: SettlementRow): Settlement {
  return {
    key: keyOf(row),
    id: row.id,
    state: row.state,
    requestKey: row.request_key,
    terminalId: row.terminal_id,
    institution: row.institution,
    cardId: row.card_id,
    careType: row.care_type,
    prescriptionNo: row.prescription_no ?? undefined,
    careRegion: row.care_region,
    insuredRegion: row.insured_region,
    acceptedAt: Number(row.accepted_at),
    businessDate: row.business_date,
    postedAt: msOf(row.posted_at),
    tender: row.tender,
    packId: row.pack_id,
    listSet: row.list_set ?? undefined,
    accumulatorNo: row.accumulator_no,
    input: fromSplitInputJson(row.input),
    amounts: readAmounts(row),
    warnings: row.warnings,
    confirmation:
      row.confirmed_by === null || row.confirm_reason === null
        ? undefined
        : { supervisor: row.confirmed_by, reason: row.confirm_reason },
    refundedLines: row.refunded_lines,
    balanceAfter: row.balance_after,
    deadline: msOf(row.deadline),
  };
}

const table = tableOf('settlement', columns);

/** A settlement moves only from the state that was decided on. */
const changedTable: WrittenTable<Changed<Settlement>> = {
  table: table.table,
  key: [
    ...table.key.map(changedTo),
    { name: 'former_state', equals: 'state', type: 'text', of: ({ stored }) => stored.state },
  ],
  fixed: [],
  changing: table.changing.map(changedTo),
  owner: table.owner.map(changedTo),
};

function changedTo(column: WrittenColumn<Settlement>): WrittenColumn<Changed<Settlement>> {
  return { ...column, of: ({ now }) => column.of(now) };
}

/** A benefit year, and bills that are settled long after the service, ms. */
const LATER_MAX_MS = 800 * 86_400_000;

/**
 * Settlements of the person that were counted after the one asked for. Those of other years come too: the
 * pack tells the year, and which moments it has depends on clocks. Written so that no index but that of the
 * person can be taken (migration 0017).
 */
const laterRead: Read = {
  name: 'laterSettlement',
  text: `select t.* from ${bySettlement.keys}
    join settlement s on ${itsSettlement}
    cross join lateral (select * from settlement r
      where r.person_no = s.person_no and r.shard + 0 = s.shard and r.accumulator_no >= 0
        and r.accepted_at between s.accepted_at - ${LATER_MAX_MS} and s.accepted_at + ${LATER_MAX_MS}
        and (r.accumulator_no, r.accepted_at, r.id) > (s.accumulator_no, s.accepted_at, s.id)
        and r.state in ('reserved', 'reversing', 'posted', 'refunding') offset 0) t`,
  keyOf: (need) => (need.later ? bySettlement.keyOf(need) : undefined),
};

/** The earliest moment that one of a batch's prescriptions reaches back to, ms. */
function earliestSince(needs: readonly FactsNeed[]): readonly number[] {
  return [Math.min(...needs.map(({ prescription }) => prescription?.since ?? 0))];
}

/** Settlements of a prescription, and of no other. */
const prescribedRead: Read = {
  name: 'prescribed',
  text: rowsByKey(
    'settlement',
    byPrescription.keys,
    ['institution', 'prescription_no'],
    'r.accepted_at >= $5',
  ),
  keyOf: byPrescription.keyOf,
  more: earliestSince,
};

/** What of the person is not finished. As with `laterRead`, by the person's index. */
const openRead: Read = {
  name: 'openSettlement',
  text: `select t.* from ${byPerson.keys}
    cross join lateral (select * from settlement r
      where r.person_no = k.person_no and r.shard + 0 = k.shard and r.accumulator_no >= 0
        and r.state in ('reserved', 'reversing', 'refunding') offset 0) t`,
  keyOf: (need) => (need.openBusiness ? byPerson.keyOf(need) : undefined),
};

const openStates: readonly Settlement['state'][] = ['reserved', 'reversing', 'refunding'];

export const settlementTable = {
  ...table,
  reads: [findRows('settlement', 'settlement', byId, ['id']), laterRead, prescribedRead, openRead],
  read,
  rowKey: ({ id }) => id,
  facts: (settlements, { settlementId, later, prescription, openBusiness }) => ({
    settlement: settlements.find(({ id }) => id === settlementId),
    ...(later && { later: settlements.filter(({ id }) => id !== settlementId) }),
    ...(openBusiness && {
      openSettlements: settlements.filter(({ state }) => openStates.includes(state)),
    }),
    ...(prescription && {
      prescribed: settlements.filter((row) => isPrescribed(row, prescription)),
    }),
  }),
  written: ({ settlement, corrected = [] }) => [
    ...listOf(settlement?.to),
    ...corrected.map((bill) => bill.settlement),
  ],
  check(settlements, { id, state }, { settlement }) {
    const known = settlements.find((row) => row.id === id);
    // A corrected bill stays in its state.
    const from = settlement?.to.id === id ? settlement.from : state;
    const isAsDecidedOn = from === known?.state;
    invariant(isAsDecidedOn, 'the settlement is not in the state that was decided on');
  },
  parts: ({ added, changed }) => [
    part('new_settlement', 'insert', table, added),
    part('settlement', 'update', changedTable, changed),
  ],
} satisfies PersonTable<Settlement>;
