import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readBillFile } from '../../../rules/bill-file/read-bill-file.ts';
import { explainSplit } from '../../../rules/explain/explain-split.ts';
import { explainBill } from '../../../rules/kernel/split-bill.ts';
import { loadPacks } from '../../../rules/packs/load-packs.ts';
import { createPackRegistry } from '../../../rules/packs/pack-registry.ts';

/** Goal: a whole explanation as a reader gets it. After a change of words: vitest run -u, and read it. */
const bill = new URL(
  '../../../rules/bill-file/examples/500000-resident-major-illness.json',
  import.meta.url,
);

test.each(['zh', 'en'] as const)(
  'a stay with major illness in Chongqing, in %s',
  async (language) => {
    const read = readBillFile(JSON.parse(readFileSync(bill, 'utf8')));
    const pack = createPackRegistry(loadPacks()).byId(
      '500000/2026-01-01-resident-inpatient-corrected',
    );
    if (!read.ok || pack === undefined) throw new Error('the example does not fit');
    const lines = explainSplit(pack, explainBill(pack, read.value.input), language);
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(`explanations/${language}.txt`);
  },
);
