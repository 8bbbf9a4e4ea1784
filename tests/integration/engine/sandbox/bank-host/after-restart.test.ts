/**
 * What the sandbox's bank must not forget when it is started anew: reversals that came before their original,
 * and refunds that it has answered. Over real sockets; the books are a file.
 */
import { readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { fen } from '../../../../../engine/base/money/fen.ts';
import type { Bank, BankDebit, BankTrace } from '../../../../../engine/ports/bank.ts';
import type { BankHost } from '../../../../../engine/sandbox/bank-host/bank-host.ts';
import { temporaryFolder } from '../../../../support/temporary-folder.ts';
import {
  codeOf,
  debitCard,
  makeSale,
  netEffect,
  PIN,
  referenceOf,
  reversalOf,
  signInOf,
  startClient,
  startHost,
} from './bank-bench.ts';

const TEN_YUAN = fen(1_000n);
const terminal = { terminalId: '10000001', merchantId: '898110148160001' };
const ended: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

let stan = 0;
const nextTrace = (): BankTrace => ({ ...terminal, stan: ++stan, batch: 1 });

/** The bank on the same books again, and a terminal that has signed in. */
async function openBank(store: string) {
  const host = await startHost({ store });
  const { bank } = startClient(host);
  ended.push(host.close, bank.close);
  const keys = await bank.signIn(signInOf(nextTrace()));
  if (!keys.ok) throw new Error('no sign-in');
  const { pinKeyBlob } = keys.value;
  const sale = (atc: number): BankDebit =>
    makeSale({ trace: nextTrace(), amount: TEN_YUAN, pinKeyBlob, card: debitCard, pin: PIN, atc });
  return { host, bank, sale };
}

async function close({ host, bank }: { readonly host: BankHost; readonly bank: Bank }) {
  ended.splice(0);
  await bank.close();
  await host.close();
}

test('I-15: a reversal answered 25 leaves a tombstone: the late original is declined, also after a restart', async () => {
  const store = join(temporaryFolder(), 'books.sqlite');
  const before = await openBank(store);
  const unsent = before.sale(1);
  const reversal = reversalOf(before.bank, unsent);
  expect(await before.bank.reverse(reversal)).toMatchObject({ responseCode: '25', final: true });
  await close(before);

  const after = await openBank(store);
  // The same message under the keys of the new sign-in: only the trace makes it known.
  const { stan: sameStan } = unsent;
  const late = { ...after.sale(1), stan: sameStan };
  for (let copy = 0; copy < 2; copy++) {
    expect(codeOf(await after.bank.sale(late))).toBe('declined 12');
  }
  expect(netEffect(after.host, late)).toBe(0n);
  expect(after.host.accountOf(debitCard.pan)?.balance).toBe(debitCard.balance);
  expect(await after.bank.reverse(reversal)).toMatchObject({ responseCode: '25', final: true });
  expect(codeOf(await after.bank.sale(after.sale(2)))).toBe('approved 00');
});

test('a refund that is repeated under its trace is answered as the first time, and paid once, also after a restart', async () => {
  const store = join(temporaryFolder(), 'books.sqlite');
  const before = await openBank(store);
  const sale = before.sale(1);
  const sold = await before.bank.sale(sale);
  if (sold.kind !== 'approved') throw new Error('the sale was not approved');
  const refund = {
    ...nextTrace(),
    card: referenceOf(before.bank, sale),
    originalRrn: sold.reply.rrn,
    originalDate: sold.reply.hostDate,
    amount: fen(600n),
  };
  const first = await before.bank.refund(refund);
  expect(codeOf(first)).toBe('approved 00');
  await close(before);

  const after = await openBank(store);
  for (let copy = 0; copy < 3; copy++) expect(await after.bank.refund(refund)).toEqual(first);
  expect(netEffect(after.host, sale)).toBe(400n);
  // The same trace with another content is another message: it is neither paid nor taken for the first.
  expect(codeOf(await after.bank.refund({ ...refund, amount: fen(601n) }))).not.toBe('approved 00');
  expect(netEffect(after.host, sale)).toBe(400n);
});

test('a sale that was reversed before the restart stays reversed, and its copy is declined', async () => {
  const store = join(temporaryFolder(), 'books.sqlite');
  const before = await openBank(store);
  const sale = before.sale(1);
  await before.bank.sale(sale);
  expect(await before.bank.reverse(reversalOf(before.bank, sale))).toMatchObject({
    responseCode: '00',
  });
  await close(before);

  const after = await openBank(store);
  const again = { ...after.sale(1), stan: sale.stan };
  expect(codeOf(await after.bank.sale(again))).toBe('declined 12');
  expect(await after.bank.reverse(reversalOf(after.bank, sale))).toMatchObject({
    responseCode: '00',
  });
  expect(netEffect(after.host, sale)).toBe(0n);
});

test('its books are for their owner alone: card numbers and work keys stand in them', async () => {
  const store = join(temporaryFolder(), 'books.sqlite');
  const open = await openBank(store);
  expect(codeOf(await open.bank.sale(open.sale(1)))).toBe('approved 00');
  const files = readdirSync(dirname(store)).map((name) => join(dirname(store), name));
  expect(files).toContain(store);
  for (const file of files) expect(statSync(file).mode & 0o077).toBe(0);
  await close(open);
});
