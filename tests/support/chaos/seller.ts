/** Sells at one counter as long as it is told to: cash, debits, refunds, repeats of a key, wrong PINs. */
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { refund } from '../../../terminal-adapter/agent/refund.ts';
import { resume } from '../../../terminal-adapter/agent/resume.ts';
import type { Patience } from '../../../terminal-adapter/agent/submit.ts';
import { submit } from '../../../terminal-adapter/agent/submit.ts';
import type { Random } from '../random.ts';
import { askedLater } from '../running-system/asked-later.ts';
import type { Counter } from '../running-system/counter.ts';
import { billOf, codeOf, openCounter, plainBill } from '../running-system/counter.ts';
import type { Customer } from '../running-system/customers.ts';
import type { CounterPlan } from './counter-plans.ts';

/** A sale that the engine approved. Times in ms since the epoch. */
export type SaleTold = {
  readonly told: 'sale';
  /** Undefined: of a counter that asks any of them. */
  readonly engine: number | undefined;
  readonly shop: number;
  readonly tender: 'cash' | 'bank-debit';
  readonly startedAt: number;
  readonly endedAt: number;
};
export type ViolationTold = { readonly told: 'violation'; readonly what: string };

export type SellerOptions = {
  readonly plan: CounterPlan;
  readonly shop: number;
  readonly dataDir: string;
  readonly url: string;
  readonly otherUrls: readonly string[];
  readonly customerOf: (serial: number) => Customer;
  readonly random: Random;
  readonly tell: (message: SaleTold | ViolationTold) => void;
};

export type Seller = {
  /** Until `isPaused`; ends with nothing under way. */
  sell(isPaused: () => boolean): Promise<void>;
  /**
   * Enquires until every key of the journal has an outcome, a few times.
   * @param aheadMs how far the journal's clock is set ahead: the caller knows that no copy is under way
   * @returns keys that are still open
   */
  resolve(aheadMs: number): Promise<number>;
};

/** Longer than the engine waits for the bank in these tests; a silent line must not last for minutes. */
const EXCHANGE_MS = 4_000;
const patience: Patience = { enquiriesMax: 2, waitMs: 50, waitMaxMs: 200 };
const PAUSE_MS = { first: 10, last: 40 };
/** A cashier whose engine does not answer tries again after a moment. */
const AWAY_MS = 200;
const RESOLVE_TRIES = 40;
const REMEMBERED_SALES = 30;
/** After these the terminal's keys are not those of the engine: a sign-in changes that. */
const needsSignIn = /^(TERMINAL_|NO_PIN|BANK_DETAILS|NO_KEY)/;

const clock = { now: () => Date.now(), randomBytes: (count: number) => randomBytes(count) };

const impatientFetch: typeof fetch = (input, init = {}) => {
  const limit = AbortSignal.timeout(EXCHANGE_MS);
  return fetch(input, {
    ...init,
    signal: init.signal ? AbortSignal.any([init.signal, limit]) : limit,
  });
};

type State = SellerOptions & {
  counter: Counter | undefined;
  /** The engine did not answer the last time. */
  isAway: boolean;
  readonly customers: {
    readonly regulars: readonly Customer[];
    readonly shared: readonly Customer[];
    readonly guesser: Customer;
  };
  /** Settlements that may be refunded. */
  readonly sold: string[];
  /** Whose last PIN was wrong: the next one is right, or the card would be locked. */
  readonly forgetful: Set<Customer>;
};

export function createSeller(options: SellerOptions): Seller {
  const { plan, customerOf, random } = options;
  const state: State = {
    ...options,
    counter: undefined,
    isAway: false,
    customers: {
      regulars: plan.regulars.map(customerOf),
      shared: plan.shared.map(customerOf),
      guesser: customerOf(plan.guesser),
    },
    sold: [],
    forgetful: new Set(),
  };
  return {
    async sell(isPaused) {
      while (!isPaused()) {
        const counter = state.counter ?? (await signIn(state));
        if (counter !== undefined) await step(state, counter);
        await sleep(state.isAway ? AWAY_MS : random.between(PAUSE_MS.first, PAUSE_MS.last));
      }
    },
    async resolve(aheadMs) {
      for (let tries = 0; tries < RESOLVE_TRIES; tries++) {
        const counter = state.counter ?? (await signIn(state));
        if (counter !== undefined) {
          const { client, journal } = counter;
          await resume({ client, journal, clock });
          await resume({ client: askedLater(client, aheadMs), journal, clock });
          if (journal.unfinished().length === 0) return 0;
        }
        await sleep(100);
      }
      return state.counter?.journal.unfinished().length ?? Number.NaN;
    },
  };
}

/** Signs in, and asks what became of the keys that an earlier life left open. */
async function signIn(state: State): Promise<Counter | undefined> {
  const { dataDir, url, otherUrls, plan } = state;
  try {
    const options = { fetch: impatientFetch, otherUrls };
    const counter = await openCounter({ dataDir, url: () => url }, plan.terminal, options);
    await resume({ client: counter.client, journal: counter.journal, clock });
    state.counter = counter;
    state.isAway = false;
    return counter;
  } catch {
    // The engine is away: the next try may find it.
    state.isAway = true;
    return undefined;
  }
}

function signOut(state: State): void {
  state.counter?.close();
  state.counter = undefined;
}

async function step(state: State, counter: Counter): Promise<void> {
  const { random } = state;
  const dice = random.next();
  if (dice < 0.45) return plainSale(state, counter, 'cash');
  if (dice < 0.7) return plainSale(state, counter, 'bank-debit');
  if (dice < 0.82) return giveBack(state, counter);
  if (dice < 0.92) return repeatedSale(state, counter);
  if (dice < 0.96) return forgottenPin(state, counter);
  return guess(state, counter);
}

/** With the same card as at other counters now and then, but never for a debit: a chip is in one place. */
function buyerOf({ random, customers }: State, tender: 'cash' | 'bank-debit'): Customer {
  const isShared = tender === 'cash' && random.chance(0.1);
  return random.pick(isShared ? customers.shared : customers.regulars);
}

async function plainSale(state: State, counter: Counter, wanted: 'cash' | 'bank-debit') {
  const { random, plan } = state;
  const customer = buyerOf(state, wanted);
  const startedAt = Date.now();
  const amount = `${random.between(1, 90)}.${random.between(10, 99)}`;
  const outcome = await counter.sell(customer, {
    tender: wanted,
    useAccount: wanted === 'cash' || random.chance(0.2),
    bill: random.chance(0.5)
      ? billOf(plan.terminal, counter.signedIn)
      : plainBill(amount, counter.signedIn.businessDate),
    patience,
  });
  state.isAway =
    outcome.kind === 'unknown' || (outcome.kind === 'stopped' && outcome.by === 'engine');
  if (outcome.kind === 'approved') {
    state.forgetful.delete(customer);
    const tender = outcome.document.bank === null ? 'cash' : 'bank-debit';
    tellSale(state, { tender, startedAt });
    return remember(state, outcome.document.settlementId);
  }
  if (outcome.kind !== 'unknown' && needsSignIn.test(codeOf(outcome))) signOut(state);
}

function tellSale(state: State, sale: Pick<SaleTold, 'tender' | 'startedAt'>): void {
  const { plan, shop, tell } = state;
  const engine = plan.isMobile ? undefined : plan.engine;
  tell({ told: 'sale', engine, shop, ...sale, endedAt: Date.now() });
}

function remember({ sold }: State, settlementId: string): void {
  sold.push(settlementId);
  if (sold.length > REMEMBERED_SALES) sold.shift();
}

/** Whole, or the first line only; some of them twice, which the engine must refuse. */
async function giveBack(state: State, counter: Counter): Promise<void> {
  const { sold, random } = state;
  const settlementId = sold[random.between(0, sold.length - 1)];
  if (settlementId === undefined) return;
  const { client, journal } = counter;
  const lines = random.chance(0.5) ? {} : { lines: ['1'] };
  await refund({ client, journal, clock, patience, settlementId, ...lines });
}

/** One key, one body, again and again: the bytes of the answer must be the same. */
async function repeatedSale(state: State, counter: Counter): Promise<void> {
  const { client } = counter;
  const customer = state.random.pick(state.customers.regulars);
  const tender = state.random.chance(0.3) ? 'bank-debit' : 'cash';
  const bill = plainBill('12.30', counter.signedIn.businessDate);
  const useAccount = tender === 'cash';
  const startedAt = Date.now();
  const request = await counter
    .requestFor(customer, { bill, tender, useAccount })
    .catch(() => undefined);
  // No challenge, or no key in the PIN pad: nothing has begun.
  state.isAway = request === undefined;
  if (request === undefined) return signOut(state);
  const submitted = await submit(
    { ...counter, clock, patience },
    { kind: 'sale', amount: '12.30', request, send: () => client.settle(request) },
  );
  if (submitted.kind !== 'approved') return;
  state.forgetful.delete(customer);
  tellSale(state, { tender, startedAt });
  const copies = [client.settle(request), client.settle(request), client.settle(request)];
  for (const again of await Promise.all(copies)) {
    if (again.kind === 'approved' && again.certificate.body !== submitted.certificate.body) {
      state.tell({ told: 'violation', what: 'a repeat of an approved sale got other bytes' });
    }
    if (again.kind === 'declined' && !['BUSY', 'UNAVAILABLE'].includes(again.code)) {
      state.tell({ told: 'violation', what: `a repeat of an approved sale: ${again.code}` });
    }
  }
}

async function forgottenPin(state: State, counter: Counter): Promise<void> {
  const customer = state.random.pick(state.customers.regulars);
  if (state.forgetful.has(customer)) return;
  state.forgetful.add(customer);
  await tryWrongPin(state, counter, customer);
}

async function guess(state: State, counter: Counter): Promise<void> {
  await tryWrongPin(state, counter, state.customers.guesser);
}

async function tryWrongPin(state: State, counter: Counter, customer: Customer): Promise<void> {
  const right = customer.person.medicalPin;
  const guessed = String(state.random.between(0, 999_999)).padStart(6, '0');
  const medicalPin = guessed === right ? right.split('').reverse().join('') : guessed;
  if (medicalPin === right) return;
  const bill = plainBill('1.00', counter.signedIn.businessDate);
  const outcome = await counter.sell(customer, { medicalPin, bill, patience });
  if (outcome.kind === 'approved') {
    state.tell({ told: 'violation', what: 'a sale with a wrong PIN was approved' });
  }
}
