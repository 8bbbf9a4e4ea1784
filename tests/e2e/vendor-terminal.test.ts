/** Goal: the vendor's guide is enough. A terminal in another language, written from it alone, does its work. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bookProblems } from '../support/running-system/books.ts';
import type { RunningSystem } from '../support/running-system/running-system.ts';
import { startSystem } from '../support/running-system/running-system.ts';
import { runVendorTerminal, whyNoVendorTerminal } from '../support/vendor/run-vendor-terminal.ts';

const whyNot = whyNoVendorTerminal();

let system: RunningSystem;
beforeAll(async () => {
  system = await startSystem();
});
afterAll(async () => {
  expect(await bookProblems(system)).toEqual([]);
  await system.close();
});

// A machine without them is told so; `npm run test:system` never leaves it out.
test('signs in, sells, loses an answer, enquires and refunds', { timeout: 120_000 }, async ({
  skip,
}) => {
  if (whyNot !== undefined) skip(whyNot);
  const { code, out, errors } = await runVendorTerminal(['--url', system.url()], system.dataDir);
  expect([errors, code], out).toEqual(['', 0]);
  const said = out.trimEnd().split('\n');
  expect(said).toEqual([
    'vectors agree',
    expect.stringMatching(/^signed in /),
    expect.stringMatching(/^sold for cash /),
    expect.stringMatching(/^sold with the account .*account 13\.55$/),
    expect.stringMatching(/^sold by bank debit /),
    'lost: the answer was lost on purpose',
    expect.stringMatching(/^found again /),
    'answers of the second form verified',
    expect.stringMatching(/^refunded .* in 1$/),
    expect.stringMatching(/^refunded .* in 1$/),
    expect.stringMatching(/^refunded .* in 2$/),
    expect.stringMatching(/^refunded .* in 2$/),
    'done',
  ]);
  const [row] = await system.query<{ sales: string; open: string }>(
    `select count(*) as sales, count(*) filter (where state <> 'refunded') as open from settlement`,
  );
  expect(row).toEqual({ sales: '4', open: '0' });
});
