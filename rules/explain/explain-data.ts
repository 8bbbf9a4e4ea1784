import { type Fen, formatFen } from '../../engine/base/money/fen.ts';
import type { Pack } from '../model/pack.ts';
import type { Split } from '../model/split.ts';
import { nationalFields } from './national-fields.ts';

/** The whole explanation as data for JSON: amounts in yuan as text. */
export function explainData(pack: Pack, split: Split): Readonly<Record<string, unknown>> {
  const { benefits, steps, lines, funds, accumulatorChanges } = split;
  return {
    pack: { id: pack.id, name: pack.name, unverified: pack.unverified },
    nationalFields: nationalFields(split),
    funds: funds.map((fund) => ({ ...fund, amount: formatFen(fund.amount) })),
    imbalanceFen: Number(split.imbalance),
    lines: lines.map(yuanTexts),
    steps: steps.map(yuanTexts),
    ...(benefits === undefined ? {} : { benefits: benefits.map(yuanTexts) }),
    accumulatorChanges: Object.fromEntries(
      [...accumulatorChanges].map(([name, change]) => [name, changeText(pack, name, change)]),
    ),
  };
}

/** Bigints are fen here; they become yuan as text. */
function yuanTexts(record: object): Readonly<Record<string, unknown>> {
  const entries = Object.entries(record).map(([key, value]): [string, unknown] => [
    key,
    typeof value === 'bigint' ? formatFen(value as Fen) : value,
  ]);
  return Object.fromEntries(entries);
}

/** The change of a running total: a count of admissions, or yuan as text. */
function changeText(pack: Pack, name: string, change: Fen): string | number {
  return name === pack.file.accumulators.admissions ? Number(change) : formatFen(change);
}
