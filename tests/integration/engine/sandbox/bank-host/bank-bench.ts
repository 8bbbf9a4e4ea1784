/**
 * A bank host, a client and a bank card for tests over real sockets. Keys and cards are public test
 * values.
 */
import { expect, vi } from 'vitest';
import { decryptBlocks } from '../../../../../engine/base/crypto/block-cipher.ts';
import { fromHex, toHex } from '../../../../../engine/base/crypto/bytes.ts';
import {
  applicationCryptogram,
  deriveUdk,
  pbocSessionKey,
} from '../../../../../engine/base/crypto/emv-cryptogram.ts';
import { encryptPinBlock0 } from '../../../../../engine/base/crypto/pin-block.ts';
import type { Fen } from '../../../../../engine/base/money/fen.ts';
import { fen } from '../../../../../engine/base/money/fen.ts';
import { createBankClient } from '../../../../../engine/gateways/bank-debit/client.ts';
import type { AnswerForm } from '../../../../../engine/gateways/bank-debit/matching.ts';
import { createLinkKeys } from '../../../../../engine/ops/keystore/link-keys.ts';
import type {
  Bank,
  BankCardReference,
  BankDebit,
  BankLateAnswer,
  BankReversal,
  BankSignIn,
  BankTrace,
} from '../../../../../engine/ports/bank.ts';
import type { BankHost, BankHostCard } from '../../../../../engine/sandbox/bank-host/bank-host.ts';
import { createBankHost } from '../../../../../engine/sandbox/bank-host/bank-host.ts';

const ISSUER_MASTER_KEY = '0123456789ABCDEFFEDCBA9876543210';
const LINK_KEY = '1122334455667788AABBCCDDEEFF0011';
const PIN_PAD_KEY = '8899AABBCCDDEEFF0011223344556677';

export const PIN = '123456';
export const debitCard: BankHostCard = {
  pan: '6216261000000000018',
  panSequence: '01',
  expiry: '3012',
  pin: PIN,
  kind: 'debit',
  balance: fen(100_000n),
};
export const creditCard: BankHostCard = { ...debitCard, pan: '6221558812340000', kind: 'credit' };

/** 2026-11-22 09:01:02 in Shanghai. */
const MORNING = Date.UTC(2026, 10, 22, 1, 1, 2);
const ATTEMPTS_MAX = 100;
const terminal = { terminalId: '10000001', merchantId: '898110148160001' };

/** `store`: a file keeps the books over a restart. */
export function startHost(options: { store?: string; port?: number } = {}): Promise<BankHost> {
  let drawn = 0;
  return createBankHost({
    store: options.store ?? ':memory:',
    port: options.port ?? 0,
    cards: [debitCard, creditCard],
    clock: {
      now: () => MORNING,
      randomBytes: (count) => Uint8Array.from({ length: count }, () => (drawn++ * 37 + 11) % 256),
    },
    keys: {
      issuerMasterKey: fromHex(ISSUER_MASTER_KEY),
      cardAlgorithm: '3des',
      pinVerifierKey: fromHex('00'.repeat(16)),
      linkKey: fromHex(LINK_KEY),
      pinPadKeyOf: (id) => (id === terminal.terminalId ? fromHex(PIN_PAD_KEY) : undefined),
    },
  });
}

export type Bench = {
  readonly host: BankHost;
  readonly bank: Bank;
  readonly lines: string[];
  readonly late: BankLateAnswer[];
  /** A trace that was not used before. */
  nextTrace(): BankTrace;
  /** A sale whose PIN block and cryptogram are right. */
  nextSale(amount: Fen, change?: SaleChange): BankDebit;
  pinKeyBlob: string;
  close(): Promise<void>;
};

type SaleChange = {
  readonly pin?: string;
  readonly card?: BankHostCard;
  readonly atc?: number;
  readonly pinWithoutPan?: boolean;
};

type ClientOptions = {
  readonly timeoutMs?: number;
  readonly inFlightMax?: number;
  readonly answerForm?: AnswerForm;
};

/** A client of `host`; `lines` is its log. */
export function startClient(host: { port: number }, options: ClientOptions = {}) {
  const lines: string[] = [];
  const late: BankLateAnswer[] = [];
  const write = (data: object, text: string): void => {
    lines.push(`${text} ${JSON.stringify(data)}`);
  };
  const bank = createBankClient({
    host: '127.0.0.1',
    port: host.port,
    tpdu: '6000030000',
    header: '603100310100',
    timeoutMs: options.timeoutMs ?? 5_000,
    inFlightMax: options.inFlightMax ?? 1_000,
    ...(options.answerForm && { answerForm: options.answerForm }),
    keys: createLinkKeys({ algorithm: '3des', linkKey: fromHex(LINK_KEY) }),
    log: { info: write, warn: write },
    onLateAnswer: (answer) => late.push(answer),
  });
  return { bank, lines, late };
}

/** Host, client and a signed-in terminal. */
export async function openBench(options: ClientOptions = {}): Promise<Bench> {
  const host = await startHost();
  const client = startClient(host, options);
  let stan = 0;
  let atc = 0;
  const nextTrace = (): BankTrace => ({ ...terminal, stan: ++stan, batch: 1 });
  const keys = await signIn(client.bank, nextTrace);
  const bench: Bench = {
    host,
    ...client,
    nextTrace,
    pinKeyBlob: keys.pinKeyBlob,
    nextSale: (amount, change = {}) =>
      makeSale({
        trace: nextTrace(),
        amount,
        pinKeyBlob: bench.pinKeyBlob,
        card: change.card ?? debitCard,
        pin: change.pin ?? PIN,
        atc: change.atc ?? ++atc,
        pinWithoutPan: change.pinWithoutPan ?? false,
      }),
    async close() {
      await client.bank.close();
      await host.close();
    },
  };
  return bench;
}

/**
 * Again until it succeeds: a time limit that is short for a test's sake is short for a busy
 * machine.
 */
async function signIn(bank: Bank, nextTrace: () => BankTrace) {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const keys = await bank.signIn(signInOf(nextTrace()));
    if (keys.ok) return keys.value;
  }
  throw new Error('no sign-in');
}

/** A sign-in that is later than all with a lower trace number. */
export function signInOf(trace: BankTrace): BankSignIn {
  return { ...trace, keysNo: trace.stan };
}

/** Reverses as the engine does: until the bank has answered. Gives the code that ended it. */
export async function reverseToEnd(bank: Bank, reversal: BankReversal): Promise<string> {
  const seen: string[] = [];
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const answer = await bank.reverse(reversal);
    if (answer.kind === 'answered' && answer.final) return answer.responseCode;
    seen.push(JSON.stringify(answer));
  }
  throw new Error(`the reversal never ended: ${seen.at(0)} … ${seen.at(-1)}`);
}

type SaleParts = {
  readonly trace: BankTrace;
  readonly amount: Fen;
  readonly pinKeyBlob: string;
  readonly card: BankHostCard;
  readonly pin: string;
  readonly atc: number;
  readonly pinWithoutPan?: boolean;
};

/**
 * What PIN pad and chip do: the PIN block under the PIN work key, the ARQC under the session key.
 */
export function makeSale(parts: SaleParts): BankDebit {
  const { trace, amount, pinKeyBlob, card, pin, atc, pinWithoutPan = false } = parts;
  const { pan, panSequence, expiry } = card;
  const pinKey = decryptBlocks('3des', fromHex(PIN_PAD_KEY), fromHex(pinKeyBlob).subarray(0, 16));
  return {
    ...trace,
    amount,
    pan,
    panSequence,
    expiry,
    entryMode: '051',
    track2: `${pan}D${expiry}2200000000000`.slice(0, 37),
    pinBlock: toHex(encryptPinBlock0({ pin, pan: pinWithoutPan ? undefined : pan, key: pinKey })),
    pinWithoutPan,
    chipData: chipData({ amount, card, atc }),
  };
}

function chipData({ amount, card, atc }: Pick<SaleParts, 'amount' | 'card' | 'atc'>): string {
  const atcHex = atc.toString(16).toUpperCase().padStart(4, '0');
  const elements = [
    ['9F02', amount.toString().padStart(12, '0')],
    ['9F03', '000000000000'],
    ['9F1A', '0156'],
    ['95', '0000000000'],
    ['5F2A', '0156'],
    ['9A', '261122'],
    ['9C', '00'],
    ['9F37', '11223344'],
    ['82', '7C00'],
    ['9F36', atcHex],
  ] as const;
  const issuerData = '07010103A00002010A010000000000AABBCCDD';
  const data = fromHex(elements.map(([, value]) => value).join('') + issuerData.slice(6, 14));
  const udk = deriveUdk({
    algorithm: '3des',
    issuerMasterKey: fromHex(ISSUER_MASTER_KEY),
    ...card,
  });
  const key = pbocSessionKey({ algorithm: '3des', udk, atc: fromHex(atcHex) });
  const arqc = toHex(applicationCryptogram({ algorithm: '3des', key, data }));
  const all = [
    ['9F26', arqc],
    ['9F27', '80'],
    ['9F10', issuerData],
    ...elements,
    ['9F1E', '3132333435363738'],
  ];
  const length = (value: string) => (value.length / 2).toString(16).toUpperCase().padStart(2, '0');
  return all.map(([tag = '', value = '']) => tag + length(value) + value).join('');
}

/** What the engine would have stored before it sent this sale. */
export function referenceOf(bank: Bank, sale: BankDebit): BankCardReference {
  const reference = bank.referenceOf(sale);
  if (!reference.ok) throw new Error('the sale is malformed');
  return reference.value;
}

/** The reversal of a sale. */
export function reversalOf(bank: Bank, sale: BankDebit, reason: '98' | 'A0' = '98') {
  const { terminalId, merchantId, stan, batch, amount } = sale;
  const card = referenceOf(bank, sale);
  const trace = { terminalId, merchantId, stan, batch, original: undefined, authCode: undefined };
  return { ...trace, kind: 'sale' as const, amount, card, reason };
}

/** Until the client has seen that its connection is gone. */
export async function linkDown(client: { readonly lines: readonly string[] }): Promise<void> {
  await vi.waitFor(() => expect(client.lines.join()).toContain('bank-link-lost'));
}

/** Money that the bank's books show as moved away from the card for this sale, all in all. */
export function netEffect(host: BankHost, sale: BankTrace): bigint {
  const stan = String(sale.stan).padStart(6, '0');
  return host
    .journal()
    .filter((entry) => entry.saleStan === stan && entry.account.startsWith('card:'))
    .reduce((sum, entry) => sum - entry.amount, 0n);
}

/** What is left in the debit card's account, fen. */
export const balanceOf = (bench: Bench) => bench.host.accountOf(debitCard.pan)?.balance;

/** "declined 51", "unknown". */
export const codeOf = (outcome: {
  readonly kind: string;
  readonly reply?: { readonly responseCode: string };
}) => `${outcome.kind} ${outcome.reply?.responseCode ?? ''}`.trim();

/** Whatever a test did: the bank's books are in balance and no customer owes the bank. */
export async function closeInBalance(bench: Bench): Promise<void> {
  const balances = [...bench.host.balances()];
  expect(balances.reduce((sum, [, balance]) => sum + balance, 0n)).toBe(0n);
  const cards = balances.filter(([name]) => name.startsWith('card:'));
  expect(cards.filter(([, balance]) => balance < 0n)).toEqual([]);
  await bench.close();
}
