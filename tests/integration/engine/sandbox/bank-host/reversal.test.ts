/**
 * Taking a sale back over real sockets: void, refund and reversal against the sandbox's bank. What
 * counts is the bank's own books.
 */

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { fen } from '../../../../../engine/base/money/fen.ts';
import type { Bench } from './bank-bench.ts';
import {
  balanceOf,
  closeInBalance,
  codeOf,
  netEffect,
  openBench,
  referenceOf,
  reversalOf,
} from './bank-bench.ts';

const TEN_YUAN = fen(1_000n);

let bench: Bench;
beforeEach(async () => {
  bench = await openBench();
});
afterEach(() => closeInBalance(bench));

describe('void and refund', () => {
  const original = async () => {
    const sale = bench.nextSale(TEN_YUAN);
    const outcome = await bench.bank.sale(sale);
    if (outcome.kind !== 'approved') throw new Error('the sale was not approved');
    return { sale, reply: outcome.reply, card: referenceOf(bench.bank, sale) };
  };

  test('a void gives everything back, once', async () => {
    const { sale, reply, card } = await original();
    const request = {
      original: { stan: sale.stan, batch: sale.batch },
      amount: TEN_YUAN,
      card,
      originalRrn: reply.rrn,
      originalAuthCode: reply.authCode,
    };
    expect(codeOf(await bench.bank.void({ ...bench.nextTrace(), ...request }))).toBe('approved 00');
    expect(codeOf(await bench.bank.void({ ...bench.nextTrace(), ...request }))).toBe('declined 12');
    expect(netEffect(bench.host, sale)).toBe(0n);
  });

  test('a reversed void restores the sale', async () => {
    const { sale, reply, card } = await original();
    const trace = bench.nextTrace();
    const named = { stan: sale.stan, batch: sale.batch };
    const request = {
      amount: TEN_YUAN,
      card,
      originalRrn: reply.rrn,
      originalAuthCode: reply.authCode,
    };
    await bench.bank.void({ ...trace, ...request, original: named });
    const reversal = {
      ...trace,
      kind: 'void',
      amount: TEN_YUAN,
      card,
      authCode: undefined,
    } as const;
    const outcome = await bench.bank.reverse({ ...reversal, original: named, reason: '98' });
    expect(outcome).toEqual({ kind: 'answered', responseCode: '00', final: true });
    expect(netEffect(bench.host, sale)).toBe(1_000n);
  });

  test('refunds never exceed the sale; the same trace is refunded once', async () => {
    const { sale, reply, card } = await original();
    const refund = { card, originalRrn: reply.rrn, originalDate: reply.hostDate };
    const first = { ...bench.nextTrace(), ...refund, amount: fen(600n) };
    expect(codeOf(await bench.bank.refund(first))).toBe('approved 00');
    expect(await bench.bank.refund(first)).toMatchObject({ kind: 'approved' });
    expect(netEffect(bench.host, sale)).toBe(400n);
    const second = { ...bench.nextTrace(), ...refund, amount: fen(401n) };
    expect(codeOf(await bench.bank.refund(second))).toBe('declined 64');
    expect(
      codeOf(await bench.bank.refund({ ...bench.nextTrace(), ...refund, amount: fen(400n) })),
    ).toBe('approved 00');
    expect(netEffect(bench.host, sale)).toBe(0n);
  });

  test('a refund whose answer was lost is sent again and posted once', async () => {
    const { sale, reply, card } = await original();
    const refund = {
      ...bench.nextTrace(),
      card,
      originalRrn: reply.rrn,
      originalDate: reply.hostDate,
    };
    bench.host.injectFault({ on: 'refund', kind: 'drop-connection' });
    expect((await bench.bank.refund({ ...refund, amount: TEN_YUAN })).kind).toBe('unknown');
    expect(codeOf(await bench.bank.refund({ ...refund, amount: TEN_YUAN }))).toBe('approved 00');
    expect(netEffect(bench.host, sale)).toBe(0n);
  });

  test('a refund of a reversed sale is refused', async () => {
    const { sale, reply, card } = await original();
    await bench.bank.reverse(reversalOf(bench.bank, sale));
    const refund = { card, originalRrn: reply.rrn, originalDate: reply.hostDate, amount: TEN_YUAN };
    expect(codeOf(await bench.bank.refund({ ...bench.nextTrace(), ...refund }))).toBe(
      'declined 12',
    );
  });
});

describe('reversal', () => {
  test('a sale is reversed once, however often that is asked', async () => {
    const sale = bench.nextSale(TEN_YUAN);
    await bench.bank.sale(sale);
    const reversal = reversalOf(bench.bank, sale);
    for (let i = 0; i < 3; i++) {
      const outcome = await bench.bank.reverse(reversal);
      expect(outcome).toEqual({ kind: 'answered', responseCode: '00', final: true });
    }
    expect(netEffect(bench.host, sale)).toBe(0n);
    expect(balanceOf(bench)).toBe(100_000n);
  });

  test('a reversal that comes first is answered 25, and its sale is then refused', async () => {
    const sale = bench.nextSale(TEN_YUAN);
    const outcome = await bench.bank.reverse(reversalOf(bench.bank, sale));
    expect(outcome).toEqual({ kind: 'answered', responseCode: '25', final: true });
    expect(codeOf(await bench.bank.sale(sale))).toBe('declined 12');
    expect(netEffect(bench.host, sale)).toBe(0n);
  });

  test('a declined sale has nothing to reverse', async () => {
    const sale = bench.nextSale(fen(100_001n));
    await bench.bank.sale(sale);
    const outcome = await bench.bank.reverse(reversalOf(bench.bank, sale));
    expect(outcome).toEqual({ kind: 'answered', responseCode: '12', final: true });
  });

  test('a reversal of another amount stays open and moves nothing', async () => {
    const sale = bench.nextSale(TEN_YUAN);
    await bench.bank.sale(sale);
    const reversal = { ...reversalOf(bench.bank, sale), amount: fen(999n) };
    const outcome = await bench.bank.reverse(reversal);
    expect(outcome).toEqual({ kind: 'answered', responseCode: '64', final: false });
    expect(netEffect(bench.host, sale)).toBe(1_000n);
  });

  test('a reversal that is not answered is unknown, and the next attempt ends it', async () => {
    const sale = bench.nextSale(TEN_YUAN);
    await bench.bank.sale(sale);
    bench.host.injectFault({ on: 'reversal', kind: 'drop-connection' });
    const reversal = reversalOf(bench.bank, sale);
    expect((await bench.bank.reverse(reversal)).kind).toBe('unknown');
    expect(await bench.bank.reverse(reversal)).toMatchObject({ responseCode: '00', final: true });
    expect(netEffect(bench.host, sale)).toBe(0n);
  });

  test('while the sale still waits at the bank, its reversal wins', async () => {
    bench.host.injectFault({ on: 'sale', kind: 'slow', delayMs: 60 });
    const sale = bench.nextSale(TEN_YUAN);
    const waiting = bench.bank.sale(sale);
    const outcome = await bench.bank.reverse(reversalOf(bench.bank, sale));
    expect(outcome).toMatchObject({ responseCode: '25' });
    expect(codeOf(await waiting)).toBe('declined 12');
    expect(netEffect(bench.host, sale)).toBe(0n);
  });
});
