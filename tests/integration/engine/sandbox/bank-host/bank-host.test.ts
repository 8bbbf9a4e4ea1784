/**
 * The whole bank leg over real sockets: the engine's client against the sandbox's bank. What counts
 * is the bank's own books: a sale moves its amount once or not at all.
 */

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fen } from '../../../../../engine/base/money/fen.ts';
import { saleMessage } from '../../../../../engine/gateways/bank-debit/requests.ts';
import { encode } from '../../../../../engine/gateways/bank-debit/wire/codec.ts';
import { writeFrame } from '../../../../../engine/gateways/bank-debit/wire/framer.ts';
import type { Bench } from './bank-bench.ts';
import {
  balanceOf,
  closeInBalance,
  codeOf,
  creditCard,
  debitCard,
  linkDown,
  makeSale,
  netEffect,
  openBench,
  PIN,
  reversalOf,
  reverseToEnd,
  signInOf,
  startClient,
  startHost,
} from './bank-bench.ts';

const TEN_YUAN = fen(1_000n);

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => closeInBalance(bench));

describe('sale', () => {
  test('an approved sale moves its amount and answers the chip', async () => {
    const sale = bench.nextSale(TEN_YUAN);
    const outcome = await bench.bank.sale(sale);
    expect(outcome).toEqual({
      kind: 'approved',
      reply: {
        responseCode: '00',
        rrn: '112200000002',
        authCode: '000002',
        hostTime: '090102',
        hostDate: '1122',
        atc: 1,
        issuerAuthData: expect.stringMatching(/^[0-9A-F]{16}3030$/),
      },
    });
    expect(balanceOf(bench)).toBe(99_000n);
    expect(netEffect(bench.host, sale)).toBe(1_000n);
  });

  test('more than the balance is refused with 51, and the last fen can be spent', async () => {
    expect(codeOf(await bench.bank.sale(bench.nextSale(fen(100_001n))))).toBe('declined 51');
    expect(codeOf(await bench.bank.sale(bench.nextSale(fen(100_000n))))).toBe('approved 00');
    expect(balanceOf(bench)).toBe(0n);
  });

  test('the third wrong PIN locks the card, also against the right one', async () => {
    const codes: string[] = [];
    for (const pin of ['111111', '222222', '333333', PIN]) {
      codes.push(codeOf(await bench.bank.sale(bench.nextSale(TEN_YUAN, { pin }))));
    }
    expect(codes).toEqual(['declined 55', 'declined 55', 'declined 75', 'declined 75']);
    expect(balanceOf(bench)).toBe(100_000n);
  });

  test('a PIN block that is bound to no card number is taken, if the message says so', async () => {
    const unbound = bench.nextSale(TEN_YUAN, { pinWithoutPan: true });
    expect(codeOf(await bench.bank.sale(unbound))).toBe('approved 00');
    const unsaid = bench.nextSale(TEN_YUAN, { pinWithoutPan: true });
    expect(codeOf(await bench.bank.sale({ ...unsaid, pinWithoutPan: false }))).not.toBe(
      'approved 00',
    );
  });

  test('a right PIN clears the count', async () => {
    for (const pin of ['111111', '222222', PIN])
      await bench.bank.sale(bench.nextSale(TEN_YUAN, { pin }));
    expect(bench.host.accountOf(debitCard.pan)?.pinTriesLeft).toBe(3);
  });

  test('100 wrong PINs at once are compared three times', async () => {
    const sales = Array.from({ length: 100 }, () => bench.nextSale(TEN_YUAN, { pin: '000000' }));
    const codes = (await Promise.all(sales.map((sale) => bench.bank.sale(sale)))).map(codeOf);
    expect(codes.filter((code) => code === 'declined 55')).toHaveLength(2);
    expect(codes.filter((code) => code === 'declined 75')).toHaveLength(98);
  });

  test('a cryptogram over another amount is refused', async () => {
    const sale = bench.nextSale(TEN_YUAN);
    expect(codeOf(await bench.bank.sale({ ...sale, amount: fen(1n) }))).toBe('declined 05');
  });

  test('a changed cryptogram is refused', async () => {
    const sale = bench.nextSale(TEN_YUAN);
    const chipData = sale.chipData.replace(/^(9F2608)../, (_all, head: string) => `${head}00`);
    expect(codeOf(await bench.bank.sale({ ...sale, chipData }))).toBe('declined 05');
  });

  test('chip data of an earlier sale are refused: the counter must rise', async () => {
    const first = bench.nextSale(TEN_YUAN);
    await bench.bank.sale(first);
    const replay = { ...bench.nextSale(TEN_YUAN), chipData: first.chipData };
    expect(codeOf(await bench.bank.sale(replay))).toBe('declined 05');
    expect(balanceOf(bench)).toBe(99_000n);
  });

  test('a credit card is refused', async () => {
    const outcome = await bench.bank.sale(bench.nextSale(TEN_YUAN, { card: creditCard }));
    expect(codeOf(outcome)).toBe('declined 57');
  });

  test.each([
    ['lost', 'declined 41'],
    ['frozen', 'declined 62'],
  ] as const)('a %s card is refused', async (status, code) => {
    bench.host.setStatus(debitCard.pan, status);
    expect(codeOf(await bench.bank.sale(bench.nextSale(TEN_YUAN)))).toBe(code);
  });

  test('another expiry than the card has is refused', async () => {
    const sale = { ...bench.nextSale(TEN_YUAN), expiry: '3112' };
    expect(codeOf(await bench.bank.sale(sale))).toBe('declined 54');
  });

  test('the same trace for another amount is not posted and not called declined', async () => {
    const first = bench.nextSale(TEN_YUAN);
    await bench.bank.sale(first);
    const other = { ...bench.nextSale(fen(2_000n)), stan: first.stan };
    expect(await bench.bank.sale(other)).toEqual({
      kind: 'unknown',
      reason: 'host-unsure',
      responseCode: '94',
    });
    expect(balanceOf(bench)).toBe(99_000n);
  });
});

describe('a decline on command', () => {
  test('stands: a copy of the message gets it again, and its reversal finds nothing to undo', async () => {
    bench.host.injectFault({ on: 'sale', kind: 'decline', code: '51' });
    const sale = bench.nextSale(TEN_YUAN);
    const first = await bench.bank.sale(sale);
    expect(codeOf(first)).toBe('declined 51');
    expect(await bench.bank.sale(sale)).toEqual(first);
    expect(await reverseToEnd(bench.bank, reversalOf(bench.bank, sale))).toBe('12');
    expect(balanceOf(bench)).toBe(100_000n);
  });

  test('does not take back what was approved before', async () => {
    const sale = bench.nextSale(TEN_YUAN);
    const first = await bench.bank.sale(sale);
    bench.host.injectFault({ on: 'sale', kind: 'decline', code: '51' });
    expect(await bench.bank.sale(sale)).toEqual(first);
    expect(balanceOf(bench)).toBe(99_000n);
  });

  test.each(['96', '68', 'A0', '77'])('code %s decides nothing: the next copy is', async (code) => {
    bench.host.injectFault({ on: 'sale', kind: 'decline', code });
    const sale = bench.nextSale(TEN_YUAN);
    expect((await bench.bank.sale(sale)).kind).not.toBe('approved');
    expect(codeOf(await bench.bank.sale(sale))).toBe('approved 00');
    expect(netEffect(bench.host, sale)).toBe(TEN_YUAN);
  });

  test('of one copy alone is forgotten: the next one is approved', async () => {
    bench.host.injectFault({ on: 'sale', kind: 'decline-one-copy', code: '51' });
    const sale = bench.nextSale(TEN_YUAN);
    expect(codeOf(await bench.bank.sale(sale))).toBe('declined 51');
    expect(codeOf(await bench.bank.sale(sale))).toBe('approved 00');
  });
});

describe('sign-in', () => {
  test('a terminal that the bank does not know is refused', async () => {
    const trace = { ...bench.nextTrace(), terminalId: '99999999' };
    expect(await bench.bank.signIn(signInOf(trace))).toEqual({
      ok: false,
      error: { kind: 'declined', responseCode: '97' },
    });
  });

  test('without a MAC key nothing is sent', async () => {
    const outcome = await bench.bank.sale({ ...bench.nextSale(TEN_YUAN), terminalId: '10000002' });
    expect(outcome).toEqual({ kind: 'not-sent', reason: 'not-signed-in' });
  });

  test('a MAC key whose check value is wrong is not installed', async () => {
    const wrong = { macKeyBlob: '00'.repeat(20), keysNo: 1_000_000 };
    expect(await bench.bank.installKeys('10000001', wrong)).toEqual({
      ok: false,
      error: 'malformed',
    });
  });

  test('a key that a later sign-in has replaced is not installed again', async () => {
    const older = await bench.bank.signIn(signInOf(bench.nextTrace()));
    await bench.bank.signIn(signInOf(bench.nextTrace()));
    const newest = await bench.bank.signIn(signInOf(bench.nextTrace()));
    if (!older.ok || !newest.ok) throw new Error('no sign-in');
    // Somebody still holds the older key; the bank no longer takes it.
    expect((await bench.bank.installKeys('10000001', older.value)).ok).toBe(true);
    bench.pinKeyBlob = newest.value.pinKeyBlob;
    expect(codeOf(await bench.bank.sale(bench.nextSale(TEN_YUAN)))).toBe('approved 00');
  });

  test('the answer to an older sign-in that is read last does not bring its key back', async () => {
    const older = signInOf(bench.nextTrace());
    await bench.bank.signIn(signInOf(bench.nextTrace()));
    const newest = await bench.bank.signIn(signInOf(bench.nextTrace()));
    if (!newest.ok) throw new Error('no sign-in');
    // Another engine is told of the newest key before it reads the answer to its own older sign-in.
    const { port } = bench.host;
    const other = startClient({ port });
    await other.bank.installKeys('10000001', newest.value);
    expect((await other.bank.signIn(older)).ok).toBe(true);
    await other.bank.installKeys('10000001', newest.value);
    bench.pinKeyBlob = newest.value.pinKeyBlob;
    // The bank made the older key last and still takes the one before it.
    expect(codeOf(await other.bank.sale(bench.nextSale(TEN_YUAN)))).toBe('approved 00');
    await other.bank.close();
  });

  test('new keys in the middle of a sale lose nothing', async () => {
    bench.host.injectFault({ on: 'sale', kind: 'late', delayMs: 50 });
    const sale = bench.bank.sale(bench.nextSale(TEN_YUAN));
    expect((await bench.bank.signIn(signInOf(bench.nextTrace()))).ok).toBe(true);
    expect(codeOf(await sale)).toBe('approved 00');
  });
});

describe('bytes from outside', () => {
  test('damaged messages neither stop the bank nor move money', async () => {
    const sale = bench.nextSale(TEN_YUAN);
    const body = encode(saleMessage(sale));
    if (!body.ok) throw new Error('the sale is malformed');
    const envelope = { tpdu: '6000030000', header: '603100310100' };
    const good = writeFrame({ ...envelope, body: body.value });
    const { port } = bench.host;
    for (let at = 0; at < good.length; at++) {
      const damaged = Uint8Array.from(good);
      damaged[at] = (damaged[at] ?? 0) ^ 0xff;
      const socket = connect({ port, host: '127.0.0.1' });
      socket.end(damaged);
      socket.resume();
      await once(socket, 'close');
    }
    expect(balanceOf(bench)).toBe(100_000n);
    expect(codeOf(await bench.bank.sale(sale))).toBe('approved 00');
  });
});

describe('restart', () => {
  test('the books, the keys and the answers survive the host', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'bank-host-'));
    const store = join(folder, 'books.sqlite');
    try {
      const before = await startHost({ store });
      const client = startClient(before);
      const trace = { terminalId: '10000001', merchantId: '898110148160001', batch: 1 };
      const keys = await client.bank.signIn(signInOf({ ...trace, stan: 1 }));
      if (!keys.ok) throw new Error('no sign-in');
      const sale = makeSale({
        trace: { ...trace, stan: 2 },
        amount: TEN_YUAN,
        pinKeyBlob: keys.value.pinKeyBlob,
        card: debitCard,
        pin: PIN,
        atc: 7,
      });
      const first = await client.bank.sale(sale);
      const { port } = before;
      await before.close();
      await linkDown(client);

      const after = await startHost({ store, port });
      // The same client, over a new connection; and a new client with the stored key.
      expect(await client.bank.sale(sale)).toEqual(first);
      const restarted = startClient(after);
      await restarted.bank.installKeys('10000001', keys.value);
      expect(await restarted.bank.sale(sale)).toEqual(first);
      expect(after.accountOf(debitCard.pan)).toEqual({
        balance: 99_000n,
        pinTriesLeft: 3,
        lastAtc: 7,
        status: 'active',
      });
      await Promise.all([client.bank.close(), restarted.bank.close()]);
      await after.close();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
