/**
 * What happens at the terminal while a failpoint fires: one settlement each, from sign-in to the last
 * enquiry.
 */

import type { RequestKey } from '../../engine/base/ids/ids.ts';
import { parseFen } from '../../engine/base/money/fen.ts';
import type { QuoteDocument } from '../../engine/contract/quote.ts';
import type {
  SettlementDocument,
  SettlementRequest,
  TenderBody,
} from '../../engine/contract/settlement.ts';
import type { CounterCard } from '../../terminal-adapter/agent/counter-card.ts';
import type { EngineResult } from '../../terminal-adapter/client/engine-result.ts';
import { bankPinBlockOf, bankPinKeyOf, openSlot, PIN } from '../simulation/world/people.ts';
import { createProcess } from '../simulation/world/scheduler.ts';
import { ASPIRIN, BENIDIPINE, billOf, keyOf, TOOTHPASTE } from '../support/domain/builders.ts';
import { pinBlockOf } from '../support/flows/test-keys.ts';
import { type FailpointRun, insist } from './failpoint-run.ts';

export type Scenario = (run: FailpointRun) => Promise<void>;

const SALE_KEY = keyOf('sale');
const BACK_KEY = keyOf('back');

/**
 * A bank that books, and whose answers get lost for so long, ms: past one time limit, and past the
 * first reversal.
 */
const SILENCE_MS = 60_000;
/** When everything that silence led to is over. */
const LATE_MS = 120_000;

const outside = createProcess('office', 'outside');

export const scenarios: Readonly<Record<string, Scenario>> = {
  'a cash sale': async (run) => void (await sell(run, 'cash')),
  'a bank debit': async (run) => void (await sell(run, 'bank-debit')),
  'a bank debit that the bank declines': async (run) => {
    run.world.bank.injectFault({ on: 'sale', kind: 'decline', code: '51', times: Infinity });
    await sell(run, 'bank-debit');
  },
  'a bank debit whose answer has no chip data': async (run) => {
    run.world.bank.injectFault({ on: 'sale', kind: 'no-chip-data', times: Infinity });
    await sell(run, 'bank-debit');
  },
  'a bank debit and its reversal': async (run) => {
    await sell(run, 'bank-debit', silence);
  },
  'a bank debit whose reversal the bank refuses for its keys': async (run) => {
    await sell(run, 'bank-debit', (silent) => {
      silence(silent);
      // Often enough that the engine asks for other keys.
      const { injectFault } = silent.world.bank;
      injectFault({ on: 'reversal', kind: 'decline-one-copy', code: 'A0', times: 3 });
    });
  },
  'a bank debit that is approved too late': async (run) => {
    const { world, process } = run;
    world.bank.injectFault({ on: 'sale', kind: 'late', delayMs: LATE_MS });
    world.bank.injectFault({ on: 'reversal', kind: 'decline-one-copy', code: '96', times: 2 });
    await sell(run, 'bank-debit');
    await world.scheduler.later(LATE_MS + SILENCE_MS, process);
  },
  'a bank debit whose engine dies': async (run) => {
    await sell(run, 'bank-debit', (silent) => {
      silence(silent);
      silent.world.scheduler.after(5_000, outside, silent.kill);
    });
  },
  'a cash sale and its refund': async (run) => {
    await giveBack(run, await sell(run, 'cash'));
  },
  'a bank debit and its void': async (run) => {
    await giveBack(run, await sell(run, 'bank-debit'));
  },
  'a bank debit and its refund by line': async (run) => {
    await giveBack(run, await sell(run, 'bank-debit'), ['1']);
  },
  'a void that the bank is silent about': async (run) => {
    const sold = await sell(run, 'bank-debit');
    silence(run);
    await giveBack(run, sold);
  },
  'a refund by line that the bank is silent about': async (run) => {
    const sold = await sell(run, 'bank-debit');
    silence(run);
    await giveBack(run, sold, ['1']);
  },
};

function silence({ world }: FailpointRun): void {
  const { bank, scheduler } = world;
  bank.isMute = true;
  scheduler.after(SILENCE_MS, outside, () => {
    bank.isMute = false;
  });
}

/** @param beforeSending what happens when everything is ready to be sent. @returns undefined: not approved */
async function sell(
  run: FailpointRun,
  kind: TenderBody['kind'],
  beforeSending: (run: FailpointRun) => void = () => undefined,
): Promise<SettlementDocument | undefined> {
  const request = await prepare(run, kind, await signIn(run));
  beforeSending(run);
  const answer = await insist(run, () => run.client.settle(request));
  const found = await enquire(run, SALE_KEY, answer);
  if (answer.kind !== 'approved') return undefined;
  await untilApproved(run, () => run.client.settlement(found ?? ''));
  return answer.body;
}

/** @returns the key of the bank's PIN blocks */
async function signIn(run: FailpointRun): Promise<Uint8Array> {
  for (;;) {
    // A bank that cannot be asked for keys does not make the sign-in fail.
    const key = bankPinKeyOf(await untilApproved(run, run.client.signIn));
    if (key !== undefined) return key;
  }
}

/** Quote and challenge, the chip's answers, the PINs. */
async function prepare(
  run: FailpointRun,
  kind: TenderBody['kind'],
  pinKey: Uint8Array,
): Promise<SettlementRequest> {
  const { client, world } = run;
  // Of somebody whose account covers a part only: the bank or the till always has a share.
  const card = world.holders[1]?.cards[0];
  if (card === undefined) throw new Error('there is a card');
  const slot = openSlot({ card, work: async () => undefined, isGone: () => false });
  const read = given(await slot.read());
  const bill = billOf([ASPIRIN, BENIDIPINE, TOOTHPASTE]);
  const asked = { card: read, bill, useAccount: true };
  const { amounts } = await untilApproved<QuoteDocument>(run, () => client.quote(asked));
  const wish = { cardId: read.cardId, totalAmount: bill.totalAmount };
  const challenge = await untilApproved(run, () => client.challenge(wish));
  const cryptogram = given(await slot.prove(challenge));
  const tender = await tenderOf(slot, { kind, expected: amounts.patientPay, pinKey });
  return {
    requestKey: SALE_KEY,
    ...asked,
    chip: { challenge: challenge.challenge, cryptogram },
    pin: { block: pinBlockOf(PIN) },
    tender,
  };
}

async function tenderOf(
  slot: CounterCard,
  wish: {
    readonly kind: TenderBody['kind'];
    readonly expected: string;
    readonly pinKey: Uint8Array;
  },
): Promise<TenderBody> {
  const { kind, expected, pinKey } = wish;
  const amount = parseFen(expected);
  if (kind === 'cash' || amount === undefined) return { kind: 'cash', expected };
  const proof = given(await slot.authorise(amount));
  return { kind, expected, pinBlock: bankPinBlockOf(proof.pan, pinKey), ...proof };
}

function given<T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false }): T {
  if (!result.ok) throw new Error('the card is there');
  return result.value;
}

/** A failpoint may have undone the sale: then there is nothing to give back. */
async function giveBack(
  run: FailpointRun,
  sold: SettlementDocument | undefined,
  lines?: readonly string[],
): Promise<void> {
  if (sold === undefined) return;
  const request = { requestKey: BACK_KEY, ...(lines && { lines }) };
  const answer = await insist(run, () => run.client.refund(sold.settlementId, request));
  await enquire(run, BACK_KEY, answer);
}

/** What a terminal finds afterwards must be what it was told. @returns the settlement of the key */
async function enquire(
  run: FailpointRun,
  key: RequestKey,
  told: EngineResult<object>,
): Promise<string | undefined> {
  const { items } = await untilApproved(run, () => run.client.byRequestKey(key));
  const [item] = items;
  if (told.kind === 'approved' && JSON.stringify(item?.answer) !== told.certificate.body)
    run.violations.push('the enquiry gives another answer than the sale');
  return item?.settlementId ?? undefined;
}

/** A request that moves no money: asked for again until it works. */
async function untilApproved<Body>(
  { world, process }: FailpointRun,
  ask: () => Promise<EngineResult<Body>>,
): Promise<Body> {
  for (let attempt = 0; attempt < 60; attempt++) {
    const result = await ask();
    if (result.kind === 'approved') return result.body;
    await world.scheduler.later(1_000, process);
  }
  throw new Error('a request that moves nothing never worked');
}
