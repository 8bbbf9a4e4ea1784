import type { CardStep, Move } from '../../domain/card/card-step.ts';
import {
  bigint,
  type ColumnsOf,
  integer,
  json,
  keyOf,
  personKey,
  type StoredOf,
  text,
} from './column.ts';
import { findRows } from './find-rows.ts';
import type { PersonTable } from './person-table.ts';
import { tableOf } from './table.ts';

const columns = {
  ...personKey('fixed'),
  subject: text('key', (row) => row.subject),
  step_no: integer('key', (row) => row.stepNo),
  order_id: text('fixed', (row) => row.orderId),
  kind: text('fixed', (row) => row.kind),
  card_from: text('fixed', (row) => row.moves.card?.from),
  card_to: text('fixed', (row) => row.moves.card?.to),
  medical_from: text('fixed', (row) => row.moves.medical?.from),
  medical_to: text('fixed', (row) => row.moves.medical?.to),
  financial_from: text('fixed', (row) => row.moves.financial?.from),
  financial_to: text('fixed', (row) => row.moves.financial?.to),
  at: bigint('fixed', (row) => row.at),
  by_kind: text('fixed', (row) => row.by.kind),
  by_id: text('fixed', (row) => row.by.id),
  reason: text('fixed', (row) => row.reason),
  evidence: json('fixed', (row) => row.evidence),
} satisfies ColumnsOf<CardStep>;

type Row = StoredOf<typeof columns>;

export function readCardStep(row: Row): CardStep {
  const card = moveOf(row.card_from, row.card_to);
  const medical = moveOf(row.medical_from, row.medical_to);
  const financial = moveOf(row.financial_from, row.financial_to);
  return {
    key: keyOf(row),
    subject: row.subject,
    stepNo: row.step_no,
    orderId: row.order_id,
    kind: row.kind,
    moves: { ...(card && { card }), ...(medical && { medical }), ...(financial && { financial }) },
    at: Number(row.at),
    by: { kind: row.by_kind, id: row.by_id },
    reason: row.reason ?? undefined,
    evidence: row.evidence,
  };
}

function moveOf<S extends string>(from: S | 'new' | null, to: S | null): Move<S> | undefined {
  return from === null || to === null ? undefined : { from, to };
}

/** Steps of cards' lives; only those of the command's own order are read. */
export const cardStepTable = {
  ...tableOf('card_step', columns),
  reads: [
    findRows(
      'cardStep',
      'card_step',
      {
        keys: 'unnest($1::smallint[], $2::text[], $3::text[]) as k (shard, person_no, order_id)',
        keyOf: ({ key, cardOrder }) =>
          cardOrder === undefined ? undefined : [key.shard, key.personNo, cardOrder],
      },
      ['order_id'],
    ),
  ],
  read: readCardStep,
  rowKey: ({ subject, stepNo }) => `${subject} ${stepNo}`,
  facts: (steps, { cardOrder }) =>
    cardOrder === undefined
      ? {}
      : { cardSteps: steps.filter(({ orderId }) => orderId === cardOrder) },
  written: ({ cardSteps = [] }) => cardSteps,
} satisfies PersonTable<CardStep>;
