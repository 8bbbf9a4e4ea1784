/**
 * Random packs with every kind of deductible, payer, cap and account settle random bills as a
 * second implementation of the format does. PROPERTY_RUNS raises the number of packs; each
 * settles eight bills.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { explainBill } from '../../../rules/kernel/split-bill.ts';
import type { SplitInput } from '../../../rules/model/bill.ts';
import type { Pack } from '../../../rules/model/pack.ts';
import type { PackFile } from '../../../rules/model/pack-file.ts';
import { compiled } from '../../unit/rules/bill-builder.ts';
import { anyPack, anyStay } from './any-pack.ts';
import { splitByPack } from './payer-oracle.ts';

const numRuns = Number(process.env['PROPERTY_RUNS'] ?? 100);

function byOracle(file: PackFile, input: SplitInput) {
  const { funds, changes, ...rest } = splitByPack(file, input);
  const paid = file.payers.map(({ fundType, id }) => [fundType, funds.get(id) ?? 0n] as const);
  return { ...rest, funds: withoutZeros(paid), changes: withoutZeros([...changes]) };
}

function byKernel(pack: Pack, input: SplitInput) {
  const split = explainBill(pack, input);
  return {
    inScope: split.inScope,
    deductible: split.deductible,
    account: split.accountPay,
    family: split.familyPay,
    patient: split.patientPay,
    funds: withoutZeros(split.funds.map((share) => [share.fundType, share.amount] as const)),
    changes: withoutZeros([...split.accumulatorChanges]),
  };
}

function withoutZeros(entries: readonly (readonly [string, bigint])[]) {
  return Object.fromEntries(entries.filter(([, value]) => value !== 0n));
}

test('random packs split random bills as the second implementation does', () => {
  fc.assert(
    fc.property(anyPack, fc.array(anyStay, { minLength: 8, maxLength: 8 }), (file, stays) => {
      const pack = compiled(file);
      for (const input of stays) expect(byKernel(pack, input)).toEqual(byOracle(file, input));
    }),
    { numRuns },
  );
}, 600_000);
