/**
 * The client on bad days: lost, late, doubled, forged and foreign answers, cut streams and broken
 * connections. An answer that is not beyond doubt is unknown; its reversal always ends in nothing
 * moved.
 */
import { Buffer } from 'node:buffer';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { fen } from '../../../../../engine/base/money/fen.ts';
import type { Bench } from '../../sandbox/bank-host/bank-bench.ts';
import {
  debitCard,
  linkDown,
  netEffect,
  openBench,
  reversalOf,
  reverseToEnd,
  signInOf,
  startClient,
} from '../../sandbox/bank-host/bank-bench.ts';

const TEN_YUAN = fen(1_000n);
const ended: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});

async function bench(timeoutMs: number, inFlightMax = 1_000): Promise<Bench> {
  const opened = await openBench({ timeoutMs, inFlightMax });
  ended.push(opened.close);
  return opened;
}

/** Stands between client and host, and passes bytes on as `pass` wants. */
async function startProxy(target: number, pass: (from: Socket, to: Socket) => void) {
  const server = createServer({ noDelay: true }, (client) => {
    const host = connect({ port: target, host: '127.0.0.1', noDelay: true });
    for (const [from, to] of [
      [client, host],
      [host, client],
    ] as const) {
      pass(from, to);
      from.on('close', () => to.destroy());
      from.on('error', () => undefined);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ended.unshift(async () => {
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

describe('answers that are not beyond doubt', () => {
  test.each([
    ['silent-before-posting', 'no-answer', 0n, '25'],
    ['silent-after-posting', 'no-answer', 1_000n, '00'],
    ['drop-connection', 'connection-lost', 1_000n, '00'],
    ['bad-mac', 'bad-mac', 1_000n, '00'],
    ['wrong-amount', 'mismatch', 1_000n, '00'],
    ['wrong-stan', 'no-answer', 1_000n, '00'],
  ] as const)('%s: unknown (%s), then reversed', async (kind, reason, posted, reversalCode) => {
    const isAnswered = kind === 'bad-mac' || kind === 'drop-connection';
    const { host, bank, nextSale } = await bench(isAnswered ? 5_000 : 150);
    host.injectFault({ on: 'sale', kind });
    const sale = nextSale(TEN_YUAN);
    expect(await bank.sale(sale)).toEqual({ kind: 'unknown', reason, responseCode: undefined });
    expect(netEffect(host, sale)).toBe(posted);

    const reversal = reversalOf(bank, sale, kind === 'bad-mac' ? 'A0' : '98');
    expect(await reverseToEnd(bank, reversal)).toBe(reversalCode);
    expect(netEffect(host, sale)).toBe(0n);
  });

  test.each(['68', '91', '96', '98', '10', 'ZZ'])(
    'code %s is unknown, not declined',
    async (code) => {
      const { host, bank, nextSale } = await bench(2_000);
      host.injectFault({ on: 'sale', kind: 'decline', code });
      expect(await bank.sale(nextSale(TEN_YUAN))).toEqual({
        kind: 'unknown',
        reason: 'host-unsure',
        responseCode: code,
      });
    },
  );

  test('an approval after the time limit changes nothing and is reported once', async () => {
    const { host, bank, nextSale, late, lines } = await bench(60);
    host.injectFault({ on: 'sale', kind: 'late', delayMs: 120 });
    const sale = nextSale(TEN_YUAN);
    expect((await bank.sale(sale)).kind).toBe('unknown');
    await vi.waitFor(() => expect(late).toHaveLength(1));
    expect(late).toEqual([
      {
        terminalId: '10000001',
        merchantId: '898110148160001',
        stan: sale.stan,
        batch: 1,
        amount: TEN_YUAN,
        responseCode: '00',
        isApproval: true,
        rrn: expect.stringMatching(/^[0-9A-Z]{12}$/),
        authCode: expect.stringMatching(/^[0-9A-Z]{6}$/),
      },
    ]);
    expect(lines.some((line) => line.includes('"isKnown":true'))).toBe(true);
    expect(await reverseToEnd(bank, reversalOf(bank, sale))).toBe('00');
    expect(netEffect(host, sale)).toBe(0n);
  });

  test('an approval that comes late and twice is reported once', async () => {
    const opened = await bench(5_000);
    const held: Uint8Array[] = [];
    let isHeld = false;
    let toClient: Socket | undefined;
    const port = await startProxy(opened.host.port, (from, to) => {
      from.on('data', (chunk) => {
        const isFromHost = from.remotePort === opened.host.port;
        if (isFromHost) toClient = to;
        if (isFromHost && isHeld) held.push(chunk);
        else to.write(chunk);
      });
    });
    const { bank, late, lines } = startClient({ port }, { timeoutMs: 1_000 });
    ended.unshift(bank.close);
    const keys = await bank.signIn(signInOf(opened.nextTrace()));
    if (!keys.ok) throw new Error('no sign-in');
    opened.pinKeyBlob = keys.value.pinKeyBlob;
    isHeld = true;
    expect((await bank.sale(opened.nextSale(TEN_YUAN))).kind).toBe('unknown');
    await vi.waitFor(() => expect(held).toHaveLength(1));
    for (let copy = 0; copy < 2; copy++) toClient?.write(Buffer.concat(held));
    await vi.waitFor(() =>
      expect(lines.some((line) => line.includes('bank-answer-repeated'))).toBe(true),
    );
    expect(late).toHaveLength(1);
  });

  test('a second answer is logged and changes nothing', async () => {
    const { host, bank, nextSale, lines, late } = await bench(2_000);
    host.injectFault({ on: 'sale', kind: 'duplicate' });
    const sale = nextSale(TEN_YUAN);
    expect((await bank.sale(sale)).kind).toBe('approved');
    await vi.waitFor(() =>
      expect(lines.some((line) => line.includes('bank-answer-repeated'))).toBe(true),
    );
    expect(late).toEqual([]);
    expect(netEffect(host, sale)).toBe(1_000n);
  });

  test('an answer for a sale that nobody made is logged and ignored', async () => {
    const { host, bank, nextSale, lines } = await bench(100);
    host.injectFault({ on: 'sale', kind: 'wrong-stan' });
    await bank.sale(nextSale(TEN_YUAN));
    expect(lines.some((line) => line.includes('bank-answer-unexpected'))).toBe(true);
  });

  test('the log never shows a card number', async () => {
    const { host, bank, nextSale, lines } = await bench(60);
    for (const kind of ['bad-mac', 'wrong-amount', 'wrong-stan'] as const) {
      host.injectFault({ on: 'sale', kind });
      await bank.sale(nextSale(TEN_YUAN));
    }
    const printed = () => lines.filter((line) => line.includes('621626*********0018'));
    await vi.waitFor(() => expect(printed()).toHaveLength(3));
    expect(lines.filter((line) => line.includes(debitCard.pan))).toEqual([]);
  });
});

describe('the stream', () => {
  test('frames cut into single bytes are whole again', async () => {
    const opened = await bench(5_000);
    const port = await startProxy(opened.host.port, (from, to) => {
      from.on('data', (chunk) => {
        for (const byte of chunk) to.write(Uint8Array.of(byte));
      });
    });
    const client = startClient({ port });
    ended.unshift(client.bank.close);
    const keys = await client.bank.signIn(signInOf(opened.nextTrace()));
    if (!keys.ok) throw new Error('no sign-in');
    opened.pinKeyBlob = keys.value.pinKeyBlob;
    expect((await client.bank.sale(opened.nextSale(TEN_YUAN))).kind).toBe('approved');
  });

  test('200 sales at once, answered in whatever segments, find their own answers', async () => {
    const { host, bank, nextSale } = await bench(10_000);
    const sales = Array.from({ length: 200 }, (_none, i) => nextSale(fen(BigInt(i + 1))));
    const outcomes = await Promise.all(sales.map((sale) => bank.sale(sale)));
    expect(outcomes.filter(({ kind }) => kind !== 'approved')).toEqual([]);
    expect(sales.map((sale) => netEffect(host, sale))).toEqual(sales.map(({ amount }) => amount));
  });

  test('bytes that are no frame end the connection; the next sale goes over a new one', async () => {
    const { host } = await bench(2_000);
    let poison = true;
    const port = await startProxy(host.port, (from, to) => {
      from.on('data', (chunk) => {
        const fromHost = from.remotePort === host.port;
        if (fromHost && poison) to.write(Buffer.from('0000', 'hex'));
        if (fromHost) poison = false;
        to.write(chunk);
      });
    });
    const client = startClient({ port });
    ended.unshift(client.bank.close);
    const trace = { terminalId: '10000001', merchantId: '898110148160001', batch: 1 };
    const failed = await client.bank.signIn(signInOf({ ...trace, stan: 900_001 }));
    expect(failed).toMatchObject({ ok: false, error: { reason: 'connection-lost' } });
    expect((await client.bank.signIn(signInOf({ ...trace, stan: 900_002 }))).ok).toBe(true);
  });
});

describe('the connection', () => {
  test('what is under way when it breaks is unknown; what comes after goes over a new one', async () => {
    const { host, bank, nextSale } = await bench(5_000);
    host.injectFault({ on: 'sale', kind: 'slow', delayMs: 10_000, times: 2 });
    const lost = [nextSale(TEN_YUAN), nextSale(TEN_YUAN)].map((sale) => bank.sale(sale));
    await vi.waitFor(() => expect(host.received()).toBeGreaterThanOrEqual(3));
    host.dropConnections();
    expect(
      (await Promise.all(lost)).map((outcome) => outcome.kind === 'unknown' && outcome.reason),
    ).toEqual(['connection-lost', 'connection-lost']);
    expect((await bank.sale(nextSale(TEN_YUAN))).kind).toBe('approved');
  });

  test('without a host nothing is sent', async () => {
    const opened = await openBench();
    ended.push(opened.bank.close);
    const sale = opened.nextSale(TEN_YUAN);
    await opened.host.close();
    await linkDown(opened);
    expect(await opened.bank.sale(sale)).toEqual({ kind: 'not-sent', reason: 'not-connected' });
  });

  test('a trace that is under way is not sent a second time', async () => {
    const { host, bank, nextSale } = await bench(2_000);
    host.injectFault({ on: 'sale', kind: 'slow', delayMs: 40 });
    const sale = nextSale(TEN_YUAN);
    const outcomes = await Promise.all([bank.sale(sale), bank.sale(sale)]);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['approved', 'not-sent']);
    expect(netEffect(host, sale)).toBe(1_000n);
  });

  test('beyond the limit of requests under way nothing is sent', async () => {
    const { host, bank, nextSale } = await bench(2_000, 3);
    host.injectFault({ on: 'sale', kind: 'slow', delayMs: 40, times: 3 });
    const outcomes = await Promise.all(
      Array.from({ length: 5 }, () => bank.sale(nextSale(TEN_YUAN))),
    );
    expect(outcomes.map(({ kind }) => kind)).toEqual([
      'approved',
      'approved',
      'approved',
      'not-sent',
      'not-sent',
    ]);
    expect(outcomes[4]).toEqual({ kind: 'not-sent', reason: 'busy' });
  });

  test('a malformed sale is not sent', async () => {
    const { bank, nextSale } = await bench(2_000);
    const sale = { ...nextSale(TEN_YUAN), pan: '6216 2610 0000 0000 018' };
    expect(bank.referenceOf(sale)).toEqual({ ok: false, error: 'malformed' });
    expect(await bank.sale(sale)).toEqual({ kind: 'not-sent', reason: 'malformed' });
  });

  test('closing waits for the answer that is due and refuses what comes after', async () => {
    const { host, bank, nextSale } = await bench(2_000);
    host.injectFault({ on: 'sale', kind: 'late', delayMs: 40 });
    const due = bank.sale(nextSale(TEN_YUAN));
    await vi.waitFor(() => expect(host.received()).toBe(2));
    const closed = bank.close();
    expect(await bank.sale(nextSale(TEN_YUAN))).toEqual({ kind: 'not-sent', reason: 'closed' });
    expect((await due).kind).toBe('approved');
    await closed;
  });
});
