/** Texts of pack files for tests of activation: a shipped pack with another first day and other rules. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PackFile } from '../../../rules/model/pack-file.ts';

const packs = join(import.meta.dirname, '../../../rules/packs');

/** A shipped pack file, parsed anew: the caller may change it. */
export function shippedPackFile(id: string): PackFile {
  return JSON.parse(readFileSync(join(packs, `${id}.json`), 'utf8')) as PackFile;
}

/** Dongguan's pharmacy pack from a day on, under which the personal account pays nothing more. */
export function packWithoutAccount(effectiveFrom: string, change: Partial<PackFile> = {}): string {
  const file = shippedPackFile('441900/2022-12-01-employee-pharmacy');
  const choices = file.account.choices.map((choice) => ({ ...choice, mayPay: [] }));
  return JSON.stringify({
    ...file,
    id: `441900/${effectiveFrom}-employee-pharmacy`,
    effectiveFrom,
    account: { ...file.account, choices },
    ...change,
  });
}
