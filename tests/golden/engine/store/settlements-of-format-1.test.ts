/**
 * Settlements as the version before format 2 of the packs stored them, with the split that it made. The
 * packs were written anew in format 2 under their old ids: they must make the same split.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addFen, formatFen, ZERO } from '../../../../engine/base/money/fen.ts';
import type { StoredSplitInput } from '../../../../engine/store/tables/split-input-json.ts';
import { fromSplitInputJson } from '../../../../engine/store/tables/split-input-json.ts';
import { splitBill } from '../../../../rules/kernel/split-bill.ts';
import type { FundShare } from '../../../../rules/model/split.ts';
import { policy } from '../../../support/domain/builders.ts';

type Row = {
  readonly packId: string;
  readonly input: StoredSplitInput;
  /** Amounts in yuan; `funds` by field and fund type, `totals` what it added to the year's totals. */
  readonly split: object;
};

const text = readFileSync(join(import.meta.dirname, 'settlements-of-format-1.json'), 'utf8');
const rows = (JSON.parse(text) as readonly Row[]).map(
  (row, index) => [`${index + 1} by ${row.packId}`, row] as const,
);

test.each(rows)('row %s', (_name, { packId, input, split }) => {
  const pack = policy.byId(packId);
  if (pack === undefined) throw new Error('the pack is still on the shelf');
  const again = splitBill(pack, fromSplitInputJson(input));
  const { total, fullOwnPay, overLimit, priorSelfPay, inScope, deductible } = again;
  const { fundTotal, accountPay, patientPay } = again;
  const amounts = {
    ...{ total, fullOwnPay, overLimit, priorSelfPay, inScope, deductible },
    ...{ fundTotal, accountPay, patientPay },
  };
  expect({
    ...Object.fromEntries(Object.entries(amounts).map(([name, sum]) => [name, formatFen(sum)])),
    funds: sharesOf(again.funds),
    totals: Object.fromEntries(
      [...again.accumulatorChanges]
        .filter(([, sum]) => sum !== 0n)
        .map(([name, sum]) => [name, formatFen(sum)]),
    ),
  }).toEqual(split);
});

function sharesOf(funds: readonly FundShare[]): Readonly<Record<string, string>> {
  const sums = new Map<string, FundShare['amount']>();
  for (const { field, fundType, amount } of funds.filter((share) => share.amount > 0n)) {
    const name = `${field} ${fundType}`;
    sums.set(name, addFen(sums.get(name) ?? ZERO, amount));
  }
  return Object.fromEntries([...sums].map(([name, sum]) => [name, formatFen(sum)]));
}
