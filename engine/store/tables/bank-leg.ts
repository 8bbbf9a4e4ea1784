import type { BankLeg } from '../../domain/leg/bank-leg.ts';
import {
  bigint,
  type ColumnsOf,
  integer,
  keyOf,
  msOf,
  personKey,
  type StoredOf,
  smallint,
  text,
} from './column.ts';
import { byPerson, bySettlement, findRows, type Read } from './find-rows.ts';
import { listOf, ofSettlement, type PersonTable } from './person-table.ts';
import { tableOf } from './table.ts';

const columns = {
  ...personKey('fixed'),
  settlement_id: text('key', (leg) => leg.settlementId),
  leg_no: smallint('key', (leg) => leg.legNo),
  amount: bigint('fixed', (leg) => leg.amount),
  bank_terminal_id: text('fixed', (leg) => leg.bankTerminalId),
  bank_merchant_id: text('fixed', (leg) => leg.bankMerchantId),
  kind: text('changing', (leg) => leg.kind),
  state: text('changing', (leg) => leg.state),
  stan: integer('changing', (leg) => leg.stan),
  batch: integer('changing', (leg) => leg.batch),
  sealed_reference: text('changing', (leg) => leg.sealedReference),
  rrn: text('changing', (leg) => leg.rrn),
  auth_code: text('changing', (leg) => leg.authCode),
  response_code: text('changing', (leg) => leg.responseCode),
  host_time: text('changing', (leg) => leg.hostTime),
  reversal_reason: text('changing', (leg) => leg.reversalReason),
  attempts: integer('changing', (leg) => leg.attempts),
  next_attempt_at: bigint('changing', (leg) => leg.nextAttemptAt),
  open_since: bigint('changing', (leg) => leg.openSince),
  fence: integer('changing', (leg) => leg.fence),
  late_rrn: text('changing', (leg) => leg.lateRrn),
} satisfies ColumnsOf<BankLeg>;

function read(row: StoredOf<typeof columns>): BankLeg {
  return {
    key: keyOf(row),
    settlementId: row.settlement_id,
    legNo: row.leg_no,
    kind: row.kind,
    state: row.state,
    amount: row.amount,
    stan: row.stan,
    batch: row.batch,
    bankTerminalId: row.bank_terminal_id,
    bankMerchantId: row.bank_merchant_id,
    sealedReference: row.sealed_reference,
    rrn: row.rrn ?? undefined,
    authCode: row.auth_code ?? undefined,
    responseCode: row.response_code ?? undefined,
    hostTime: row.host_time ?? undefined,
    reversalReason: row.reversal_reason ?? undefined,
    attempts: row.attempts,
    nextAttemptAt: msOf(row.next_attempt_at),
    openSince: msOf(row.open_since),
    fence: row.fence,
    lateRrn: row.late_rrn ?? undefined,
  };
}

/** Legs of the person whose outcome is open: they are few, in the index of those that are due. */
const openRead: Read = {
  name: 'openLeg',
  text: `select t.* from ${byPerson.keys}
    cross join lateral (select * from bank_leg r where r.next_attempt_at is not null
      and r.shard + 0 = k.shard and r.person_no = k.person_no offset 0) t`,
  keyOf: (need) => (need.openBusiness ? byPerson.keyOf(need) : undefined),
};

/** Exchanges of money with the bank. */
export const bankLegTable = {
  ...tableOf('bank_leg', columns),
  reads: [findRows('bankLeg', 'bank_leg', bySettlement, ['settlement_id']), openRead],
  read,
  rowKey: ({ settlementId, legNo }) => `${settlementId} ${legNo}`,
  facts: (legs, asked) => ({
    bankLegs: ofSettlement(legs, asked),
    ...(asked.openBusiness && {
      openLegs: legs.filter(({ nextAttemptAt }) => nextAttemptAt !== undefined),
    }),
  }),
  written: ({ bankLeg }) => listOf(bankLeg),
} satisfies PersonTable<BankLeg>;
