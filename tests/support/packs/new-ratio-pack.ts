import type { PackFile } from '../../../rules/model/pack-file.ts';
import { shippedPackFile } from './pack-files.ts';

/**
 * Dongguan's outpatient pack from 2027 on: sixty percent at the main point instead of seventy, and at
 * most 40 yuan of the fund a year, by a counter that the shipped pack does not keep.
 */
export function newRatioPack(change: Partial<PackFile> = {}): PackFile {
  const file = shippedPackFile('441900/2022-12-01-employee-outpatient');
  const payers = file.payers.map((payer) => ({
    ...payer,
    choices: payer.choices.map((choice) =>
      choice.id === 'dg-main-point' ? { ...choice, bands: [{ ratio: '0.60' }] } : choice,
    ),
    caps: [
      {
        id: 'cap-main-point',
        amount: '40.00',
        on: 'paid' as const,
        counter: 'main-point-fund-paid',
        source: 'main-point',
        zh: '主点统筹基金年度限额',
        en: 'Yearly cap of the fund at the main point',
      },
    ],
  }));
  return {
    ...file,
    id: '441900/2027-01-01-employee-outpatient',
    effectiveFrom: '2027-01-01',
    payers,
    ...change,
  };
}
