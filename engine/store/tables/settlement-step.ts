import type { SettlementState } from '../../domain/settlement/settlement.ts';
import { part } from '../batch/part.ts';
import { type ColumnsOf, text } from './column.ts';
import type { PersonTable } from './person-table.ts';
import { tableOf } from './table.ts';

type Step = { readonly from: SettlementState | 'received'; readonly to: SettlementState };

const columns = {
  from_state: text('key', (step) => step.from),
  to_state: text('key', (step) => step.to),
} satisfies ColumnsOf<Step>;

const table = tableOf('settlement_transition', columns);

/**
 * Every move of a settlement is looked up among the legal ones. Nothing is written: this is the one reference
 * table that the writing statement joins.
 */
export const settlementStepTable = {
  ...table,
  reads: [],
  written({ settlement }) {
    if (settlement === undefined) return [];
    const { from = 'received', to } = settlement;
    return from === to.state ? [] : [{ from, to: to.state }];
  },
  parts: ({ added }) => [part('step', 'rows', table, added)],
} satisfies PersonTable<Step>;
