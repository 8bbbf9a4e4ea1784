/**
 * A counter with the real terminal software: signed client, journal on disk, PIN pad, card reader. `sell` is
 * the whole sale; `requestFor` makes a settlement request step by step, so that a test can spoil one part.
 */

import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { toHex } from '../../../engine/base/crypto/bytes.ts';
import { invariant } from '../../../engine/base/errors/result.ts';
import { parseFen } from '../../../engine/base/money/fen.ts';
import type { BillBody } from '../../../engine/contract/bill.ts';
import type { SettlementRequest } from '../../../engine/contract/settlement.ts';
import type { SignInDocument } from '../../../engine/contract/terminal.ts';
import { sandboxBills, toWireBill } from '../../../engine/sandbox/data/bills.ts';
import { loadTerminalKeys, sandboxKeyFolder } from '../../../engine/sandbox/keys/sandbox-keys.ts';
import type { SandboxTerminal } from '../../../engine/sandbox/seed/sandbox-institutions.ts';
import type { CounterCard } from '../../../terminal-adapter/agent/counter-card.ts';
import { openCounterCard } from '../../../terminal-adapter/agent/counter-card.ts';
import type { PinPad } from '../../../terminal-adapter/agent/pin-pad.ts';
import { createSoftwarePinPad } from '../../../terminal-adapter/agent/pin-pad.ts';
import type { SettleOutcome } from '../../../terminal-adapter/agent/settle.ts';
import { settle } from '../../../terminal-adapter/agent/settle.ts';
import type { Patience } from '../../../terminal-adapter/agent/submit.ts';
import type { EngineClient } from '../../../terminal-adapter/client/engine-client.ts';
import { createEngineClient } from '../../../terminal-adapter/client/engine-client.ts';
import type { EngineResult } from '../../../terminal-adapter/client/engine-result.ts';
import type { RequestJournal } from '../../../terminal-adapter/journal/request-journal.ts';
import { openRequestJournal } from '../../../terminal-adapter/journal/request-journal.ts';
import { createSimulatedReader } from '../../../terminal-adapter/readers/simulated-reader.ts';
import type { Customer } from './customers.ts';
import type { RunningSystem } from './running-system.ts';

export type SaleWish = {
  readonly tender?: 'cash' | 'bank-debit';
  readonly bill?: BillBody;
  readonly useAccount?: boolean;
  /** What the holder types, if not what the card wants. */
  readonly medicalPin?: string;
  readonly bankPin?: string;
  readonly patience?: Patience;
};

export type Counter = {
  readonly client: EngineClient;
  readonly journal: RequestJournal;
  readonly signedIn: SignInDocument;
  readonly terminal: SandboxTerminal;
  sell(customer: Customer, wish?: SaleWish): Promise<SettleOutcome>;
  /** A settlement request with good proofs and no quote before it; a bank part pays the whole bill. */
  requestFor(customer: Customer, wish?: SaleWish): Promise<SettlementRequest>;
  close(): void;
};

const clock = { now: () => Date.now(), randomBytes: (count: number) => randomBytes(count) };
const EXCHANGE_MS = 20_000;

/** A test does not enquire for minutes; what stays open is for the test to look after. */
const impatience: Patience = { enquiriesMax: 1, waitMs: 1, waitMaxMs: 1 };

export type CounterOptions = {
  readonly fetch?: typeof fetch;
  /** The terminal's own clock, ms. */
  readonly now?: () => number;
  /** Engines to turn to when the system's does not answer. */
  readonly otherUrls?: readonly string[];
};

/** Opens the counter of a terminal and signs in. */
export async function openCounter(
  system: Pick<RunningSystem, 'dataDir' | 'url'>,
  terminal: SandboxTerminal,
  options: CounterOptions = {},
): Promise<Counter> {
  const keys = loadTerminalKeys(sandboxKeyFolder(system.dataDir), terminal);
  const client = createEngineClient({
    baseUrls: [system.url(), ...(options.otherUrls ?? [])],
    terminal: {
      terminalId: terminal.id,
      privateKey: Buffer.from(keys.deviceKey).toString('base64'),
      masterKey: toHex(keys.masterKey),
    },
    clock: { ...clock, ...(options.now && { now: options.now }) },
    timeoutMs: EXCHANGE_MS,
    ...(options.fetch && { fetch: options.fetch }),
  });
  const signedIn = approvedBody(await client.signIn());
  const journals = join(system.dataDir, 'counters');
  mkdirSync(journals, { recursive: true });
  const journal = openRequestJournal(join(journals, `${terminal.id}.db`));
  const pinPadFor = (customer: Customer, wish: SaleWish): PinPad => {
    const pad = createSoftwarePinPad({
      masterKey: keys.masterKey,
      bankMasterKey: keys.bankPinPadKey,
      clock,
      askPin: async (kind) =>
        kind === 'medical'
          ? (wish.medicalPin ?? customer.person.medicalPin)
          : (wish.bankPin ?? customer.person.bankPin),
    });
    pad.loadKeys(signedIn);
    return pad;
  };
  const cardOf = (customer: Customer) => openCard(customer, terminal);
  return {
    client,
    journal,
    signedIn,
    terminal,
    async sell(customer, wish = {}) {
      const { tender = 'cash', useAccount = true, patience = impatience } = wish;
      return settle({
        ...{ client, journal, clock, tender, useAccount, patience },
        card: await cardOf(customer),
        pinPad: pinPadFor(customer, wish),
        bill: wish.bill ?? billOf(terminal, signedIn),
      });
    },
    async requestFor(customer, wish = {}) {
      const bill = wish.bill ?? billOf(terminal, signedIn);
      const parts = { client, card: await cardOf(customer), pinPad: pinPadFor(customer, wish) };
      return makeRequest(parts, { ...wish, bill });
    },
    close: () => journal.close(),
  };
}

/** The body of an answer that must be an approval. */
export function approvedBody<Body>(result: EngineResult<Body>): Body {
  if (result.kind === 'approved') return result.body;
  throw new Error(`not approved: ${JSON.stringify(result)}`);
}

/** The code of an answer: of the refusal, or what kind of answer it is. */
export function codeOf(result: EngineResult<unknown> | SettleOutcome): string {
  if (result.kind === 'declined') return result.refusal.code;
  return result.kind === 'stopped' ? result.code : result.kind;
}

/** The sandbox's bill that the terminal may sell, for today. */
export function billOf(terminal: SandboxTerminal, { businessDate }: SignInDocument): BillBody {
  const bill = sandboxBills.find(({ careType }) => terminal.careTypes.includes(careType));
  invariant(bill !== undefined, 'the sandbox has a bill for each kind of place');
  return toWireBill(bill, businessDate);
}

/** A bill of one line without a code: wholly own-pay, of any amount. */
export function plainBill(amount: string, businessDate: string, careType = '41'): BillBody {
  const line = { lineNo: '1', code: null, name: '棉签', quantity: '1', unitPrice: amount, amount };
  return { careType, serviceDate: businessDate, totalAmount: amount, lines: [line] };
}

async function openCard({ card }: Customer, terminal: SandboxTerminal): Promise<CounterCard> {
  const connection = await createSimulatedReader({ card }).connect();
  const traceNumber = (Date.now() % 99_999_999) + 1;
  return openCounterCard({ connection, clock, serial: terminal.bankTerminalId, traceNumber });
}

type Parts = {
  readonly client: EngineClient;
  readonly card: CounterCard;
  readonly pinPad: PinPad;
};

async function makeRequest(
  { client, card, pinPad }: Parts,
  wish: SaleWish & { readonly bill: BillBody },
): Promise<SettlementRequest> {
  const { bill, tender = 'cash', useAccount = true } = wish;
  const read = await card.read();
  invariant(read.ok, 'the card can be read');
  const { cardId } = read.value;
  const { totalAmount } = bill;
  const challenge = approvedBody(await client.challenge({ cardId, totalAmount }));
  const proof = await card.prove(challenge);
  const block = await pinPad.medicalPinBlock(cardId);
  invariant(proof.ok && block !== undefined, 'card and holder are there');
  const request = {
    requestKey: randomBytes(18).toString('base64url'),
    card: read.value,
    chip: { challenge: challenge.challenge, cryptogram: proof.value },
    pin: { block },
    ...{ bill, useAccount },
  };
  if (tender === 'cash') return { ...request, tender: { kind: 'cash' } };
  const amount = parseFen(totalAmount);
  invariant(amount !== undefined, 'the bill has a total');
  const bank = await card.authorise(amount);
  invariant(bank.ok, 'the bank application answers');
  const pinBlock = await pinPad.bankPinBlock(bank.value.pan);
  invariant(pinBlock !== undefined, 'the PIN pad has the key of the bank');
  const debit = { kind: 'bank-debit', expected: totalAmount, pinBlock, ...bank.value } as const;
  return { ...request, tender: debit };
}
