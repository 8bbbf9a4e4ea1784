import type { LegState } from '../../domain/leg/leg.ts';
import { part } from '../batch/part.ts';
import { bankLegTable } from './bank-leg.ts';
import { type ColumnsOf, text } from './column.ts';
import type { PersonTable } from './person-table.ts';
import { rowsNow } from './person-table.ts';
import { tableOf } from './table.ts';

type LegStep = { readonly from: LegState | 'opened'; readonly to: LegState };

const columns = {
  from_state: text('key', (step) => step.from),
  to_state: text('key', (step) => step.to),
} satisfies ColumnsOf<LegStep>;

const table = tableOf('leg_transition', columns);

/** Every change of a leg's state is looked up among the legal ones, as those of settlements are. */
export const legStepTable = {
  ...table,
  reads: [],
  written({ bankLeg }, _command, state) {
    if (bankLeg === undefined) return [];
    const key = bankLegTable.rowKey(bankLeg);
    const known = rowsNow(state, bankLegTable).find((leg) => bankLegTable.rowKey(leg) === key);
    const { state: from } = known ?? { state: 'opened' as const };
    return from === bankLeg.state ? [] : [{ from, to: bankLeg.state }];
  },
  parts: ({ added }) => [part('leg_step', 'rows', table, added)],
} satisfies PersonTable<LegStep>;
