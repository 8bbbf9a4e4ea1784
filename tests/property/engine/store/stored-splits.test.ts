/**
 * A settlement is split again from its stored input for ever: the input that comes back from the database
 * gives the same split, to the last step and byte, under every pack.
 */

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createDecide } from '../../../../engine/domain/decide.ts';
import type { StoredSplitInput } from '../../../../engine/store/tables/split-input-json.ts';
import {
  fromSplitInputJson,
  toSplitInputJson,
} from '../../../../engine/store/tables/split-input-json.ts';
import { explainBill, splitBill } from '../../../../rules/kernel/split-bill.ts';
import type { SplitInput } from '../../../../rules/model/bill.ts';
import { createPackRegistry } from '../../../../rules/packs/pack-registry.ts';
import { rendered } from '../../../support/flows/rendered.ts';
import { billFor } from '../../rules/any-bill.ts';
import { saleOf, shippedPacks } from '../any-sale.ts';

const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 8);
const named = shippedPacks.map((pack) => [pack.id, pack] as const);

function stored(input: SplitInput): SplitInput {
  const json: StoredSplitInput = JSON.parse(JSON.stringify(toSplitInputJson(input)));
  return fromSplitInputJson(json);
}

describe('the stored input is split as the input was', () => {
  test.each(named)('%s', (_id, pack) => {
    fc.assert(
      fc.property(billFor(pack), (input) => {
        const split = explainBill(pack, input);
        expect(explainBill(pack, stored(input))).toStrictEqual(split);
        // Explained or not, it is one split.
        expect(splitBill(pack, input)).toStrictEqual({ ...split, steps: [] });
      }),
      { numRuns },
    );
  });
});

describe('decided twice: the same bytes of the answer, the same rows', () => {
  test.each(named)('%s', (_id, pack) => {
    const shelf = createPackRegistry([pack]);
    fc.assert(
      fc.property(billFor(pack), (input) => {
        const { store, command } = saleOf(pack, input);
        const facts = store.factsOf(command);
        const once = createDecide(() => shelf)(command, facts);
        const again = createDecide(() => shelf)(
          { ...command, ...(command.visit && { visit: { ...command.visit } }) },
          { ...facts, accumulators: facts.accumulators.map((row) => ({ ...row })) },
        );
        expect(rendered(again.answer).body).toBe(rendered(once.answer).body);
        expect(again).toStrictEqual(once);
      }),
      { numRuns: Math.ceil(numRuns / 2) },
    );
  });
});
