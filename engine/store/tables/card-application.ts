import { invariant } from '../../base/errors/result.ts';
import type { CardApplication } from '../../domain/card/card-application.ts';
import { mayCardBecome } from '../../domain/card/card-machines.ts';
import {
  bigint,
  boolean,
  type ColumnsOf,
  integer,
  keyOf,
  personKey,
  type StoredOf,
  text,
} from './column.ts';
import { allOfPerson } from './find-rows.ts';
import { listOf, type PersonTable } from './person-table.ts';
import { tableOf } from './table.ts';

const columns = {
  ...personKey('fixed'),
  application_no: text('key', (row) => row.applicationNo),
  kind: text('fixed', (row) => row.kind),
  applied_at: bigint('fixed', (row) => row.appliedAt),
  region: text('fixed', (row) => row.region),
  issuing_bank: text('fixed', (row) => row.issuingBank),
  employer: text('fixed', (row) => row.employer),
  batch_no: text('fixed', (row) => row.batchNo),
  cause: text('fixed', (row) => row.cause),
  replaces: text('fixed', (row) => row.replaces),
  delivery: text('fixed', (row) => row.delivery),
  fee: bigint('fixed', (row) => row.fee),
  due_at: bigint('fixed', (row) => row.dueAt),
  state: text('changing', (row) => row.state),
  state_since: bigint('changing', (row) => row.stateSince),
  card_id: text('changing', (row) => row.cardId),
  fee_paid: boolean('changing', (row) => row.isFeePaid),
  steps: integer('changing', (row) => row.steps),
} satisfies ColumnsOf<CardApplication>;

function read(row: StoredOf<typeof columns>): CardApplication {
  return {
    key: keyOf(row),
    applicationNo: row.application_no,
    kind: row.kind,
    state: row.state,
    stateSince: Number(row.state_since),
    appliedAt: Number(row.applied_at),
    region: row.region,
    issuingBank: row.issuing_bank,
    employer: row.employer ?? undefined,
    batchNo: row.batch_no ?? undefined,
    cause: row.cause ?? undefined,
    replaces: row.replaces ?? undefined,
    cardId: row.card_id ?? undefined,
    delivery: row.delivery,
    fee: row.fee,
    isFeePaid: row.fee_paid,
    dueAt: Number(row.due_at),
    steps: row.steps,
  };
}

/** Application forms of the person, old ones too. */
export const cardApplicationTable = {
  ...tableOf('card_application', columns),
  reads: [allOfPerson('cardApplication', 'card_application')],
  read,
  rowKey: ({ applicationNo }) => applicationNo,
  facts: (applications, asked) => (asked.cards ? { applications } : {}),
  written: ({ application }) => listOf(application),
  check(applications, { applicationNo, state }) {
    const known = applications.find((one) => one.applicationNo === applicationNo);
    const from = known?.state ?? 'new';
    const isLegal =
      from === 'new' ? state === 'applied' : from === state || mayCardBecome('card', from, state);
    invariant(isLegal, 'the state of an application follows from the one before');
  },
} satisfies PersonTable<CardApplication>;
