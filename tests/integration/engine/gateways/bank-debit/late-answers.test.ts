/**
 * An answer to what an earlier life of the engine has sent: believed by the terminal's key, and told
 * once.
 */
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { afterEach, expect, test, vi } from 'vitest';
import { fen } from '../../../../../engine/base/money/fen.ts';
import type { BankDebit } from '../../../../../engine/ports/bank.ts';
import {
  debitCard,
  makeSale,
  openBench,
  PIN,
  signInOf,
  startClient,
} from '../../sandbox/bank-host/bank-bench.ts';

const ended: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

/**
 * Keeps back what the bank answers to a sale, until it is given to whoever is connected then; sends
 * copies.
 */
async function startRelay(hostPort: number) {
  const relay = {
    isHeld: false,
    held: [] as Buffer[],
    /** How often each request reaches the bank. */
    copies: 1,
    client: undefined as Socket | undefined,
  };
  const server = createServer((near) => {
    relay.client = near;
    const far = connect(hostPort, '127.0.0.1');
    near.on('data', (chunk) => {
      for (let copy = 0; copy < relay.copies; copy++) far.write(chunk);
    });
    far.on('data', (chunk) => (relay.isHeld ? relay.held.push(chunk) : near.write(chunk)));
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => undefined);
      one.on('close', () => other.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ended.push(() => new Promise((resolve) => server.close(() => resolve())));
  return { relay, port: (server.address() as AddressInfo).port };
}

/** Engine A has sent a sale and is gone; engine B is connected in its place. */
async function inheritedAnswer() {
  const bench = await openBench();
  ended.push(bench.close);
  const { relay, port } = await startRelay(bench.host.port);
  const a = startClient({ port }, { timeoutMs: 300 });
  const keys = await a.bank.signIn(signInOf(bench.nextTrace()));
  if (!keys.ok) throw new Error('no sign-in');
  const { pinKeyBlob } = keys.value;
  const trace = bench.nextTrace();
  const amount = fen(1_000n);
  const sale: BankDebit = makeSale({
    trace,
    amount,
    pinKeyBlob,
    card: debitCard,
    pin: PIN,
    atc: 1,
  });
  relay.isHeld = true;
  expect((await a.bank.sale(sale)).kind).toBe('unknown');
  await vi.waitFor(() => expect(relay.held).toHaveLength(1));
  await a.bank.close();
  relay.isHeld = false;
  const b = startClient({ port });
  ended.push(b.bank.close);
  await vi.waitFor(() => expect(b.lines.join()).toContain('bank-link-opened'));
  return { relay, b, sale, keys: keys.value, terminalId: trace.terminalId };
}

test('an approval of before the restart is told, once, with all that finds its leg', async () => {
  const { relay, b, sale, keys, terminalId } = await inheritedAnswer();
  await b.bank.installKeys(terminalId, keys);
  for (let copy = 0; copy < 3; copy++) relay.client?.write(Buffer.concat(relay.held));
  await vi.waitFor(() => expect(b.lines.join()).toContain('bank-answer-repeated'));
  expect(b.late).toEqual([
    expect.objectContaining({
      terminalId,
      merchantId: sale.merchantId,
      stan: sale.stan,
      batch: sale.batch,
      amount: sale.amount,
      isApproval: true,
    }),
  ]);
});

test('without the terminal’s key nobody can tell whether it is true: it is not believed', async () => {
  const { relay, b } = await inheritedAnswer();
  relay.client?.write(Buffer.concat(relay.held));
  await vi.waitFor(() => expect(b.lines.join()).toContain('bank-answer-unexpected'));
  expect(b.late).toEqual([]);
});

test('with one bit changed it is not believed', async () => {
  const { relay, b, keys, terminalId } = await inheritedAnswer();
  await b.bank.installKeys(terminalId, keys);
  const forged = Buffer.concat(relay.held);
  const last = forged.length - 1;
  forged[last] = (forged[last] ?? 0) ^ 1;
  relay.client?.write(forged);
  await vi.waitFor(() => expect(b.lines.join()).toContain('bank-answer-unexpected'));
  expect(b.late).toEqual([]);
});

test('I-17: a copy that the bank approves after it declined the first is told, once', async () => {
  const bench = await openBench();
  ended.push(bench.close);
  const { relay, port } = await startRelay(bench.host.port);
  const { bank, late, lines } = startClient({ port });
  ended.push(bank.close);
  const keys = await bank.signIn(signInOf(bench.nextTrace()));
  if (!keys.ok) throw new Error('no sign-in');
  const { pinKeyBlob } = keys.value;
  const trace = bench.nextTrace();
  const amount = fen(1_000n);
  const sale = makeSale({ trace, amount, pinKeyBlob, card: debitCard, pin: PIN, atc: 1 });
  bench.host.injectFault({ on: 'sale', kind: 'decline-one-copy' });
  relay.copies = 3;
  expect((await bank.sale(sale)).kind).toBe('declined');
  await vi.waitFor(() => expect(lines.join()).toContain('bank-answer-repeated'));
  expect(late).toEqual([expect.objectContaining({ stan: sale.stan, amount, isApproval: true })]);
});
