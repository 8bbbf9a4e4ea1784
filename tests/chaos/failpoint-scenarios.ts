/** What happens at the counter while a failpoint fires: one settlement each, from sign-in to the last enquiry. */

import type { RequestKey, SettlementId } from '../../engine/base/ids/ids.ts';
import type { RefundRequest } from '../../engine/contract/refund.ts';
import type { SettlementRequest, TenderBody } from '../../engine/contract/settlement.ts';
import type { RenderedAnswer } from '../../engine/domain/request/request-record.ts';
import { issueChallenge } from '../../engine/flows/card/issue-challenge.ts';
import { findByRequestKey, readSettlement } from '../../engine/flows/enquiry/read-settlement.ts';
import { refundSettlement } from '../../engine/flows/refund/refund-settlement.ts';
import { quoteBill } from '../../engine/flows/settlement/quote-bill.ts';
import { settleBill } from '../../engine/flows/settlement/settle-bill.ts';
import { signInTerminal } from '../../engine/flows/terminal/sign-in-terminal.ts';
import {
  ASPIRIN,
  BENIDIPINE,
  billOf,
  cardBody,
  keyOf,
  TOOTHPASTE,
} from '../support/domain/builders.ts';
import { rendered, toldBy } from '../support/flows/rendered.ts';
import { chipAnswer, pinBlockOf } from '../support/flows/test-keys.ts';
import { traceName } from '../support/sim-bank-host.ts';
import { PIN } from '../support/sim-world.ts';
import type { FailpointWorld } from './failpoint-world.ts';
import { fingerprintOf } from './failpoint-world.ts';

export type Scenario = (counter: FailpointWorld) => Promise<void>;

const SALE_KEY = keyOf('sale');
const BACK_KEY = keyOf('back');
const ATC = '9F36020001';

/** A bank that books, and whose answers get lost for so long, ms: past one time limit, and past the first reversal. */
const SILENCE_MS = 60_000;

export const scenarios: Readonly<Record<string, Scenario>> = {
  'a cash sale': (counter) => sell(counter, 'cash'),
  'a bank debit': (counter) => sell(counter, 'bank-debit'),
  'a bank debit that the bank declines': async (counter) => {
    declineSales(counter);
    await sell(counter, 'bank-debit');
  },
  'a bank debit and its reversal': async (counter) => {
    counter.world.host.isMute = true;
    hearAgain(counter);
    await sell(counter, 'bank-debit');
  },
  'a bank debit whose reversal the bank refuses for its keys': async (counter) => {
    counter.world.host.isMute = true;
    hearAgain(counter);
    refuseKeys(counter);
    await sell(counter, 'bank-debit');
  },
  'a bank debit that is approved too late': async (counter) => {
    counter.world.host.isMute = true;
    hearAgain(counter);
    await sell(counter, 'bank-debit');
    for (const { amount, stan, batch, ...leg } of counter.world.database.memory.bankLegs.values()) {
      const trace = { terminalId: leg.bankTerminalId, merchantId: leg.bankMerchantId, stan, batch };
      const reply = { responseCode: '00', rrn: '000000000001', authCode: '000001' };
      counter.late({ ...trace, amount, isApproval: true, ...reply });
    }
    await counter.scheduler.later(SILENCE_MS, counter.process);
  },
  'a bank debit whose engine dies': async (counter) => {
    counter.world.host.isMute = true;
    hearAgain(counter);
    counter.scheduler.after(5_000, counter.process, counter.kill);
    await sell(counter, 'bank-debit');
  },
  'a cash sale and its refund': async (counter) => {
    await sell(counter, 'cash');
    await giveBack(counter, undefined);
  },
  'a bank debit and its void': async (counter) => {
    await sell(counter, 'bank-debit');
    await giveBack(counter, undefined);
  },
  'a bank debit and a refund by line': async (counter) => {
    await sell(counter, 'bank-debit');
    await giveBack(counter, ['1']);
  },
  'a void that the bank is silent about': async (counter) => {
    await sell(counter, 'bank-debit');
    counter.world.host.isMute = true;
    hearAgain(counter);
    await giveBack(counter, undefined);
  },
  'a refund by line that the bank is silent about': async (counter) => {
    await sell(counter, 'bank-debit');
    counter.world.host.isMute = true;
    hearAgain(counter);
    await giveBack(counter, ['1']);
  },
};

function hearAgain({ scheduler, world }: FailpointWorld): void {
  const outside = { name: 'bank', isAlive: true, pausedUntil: 0 };
  scheduler.after(SILENCE_MS, outside, () => {
    world.host.isMute = false;
  });
}

/** Often enough that the engine asks for other keys. */
function refuseKeys({ world }: FailpointWorld): void {
  const { host } = world;
  const { handle } = host;
  let refusals = 0;
  host.handle = (message) =>
    message.kind === 'reversal' && refusals++ < 3 ? 'A0' : handle(message);
}

/** The host refuses what it was told to reverse before. */
function declineSales({ world }: FailpointWorld): void {
  const { host } = world;
  const { handle } = host;
  host.handle = (message) => {
    if (message.kind === 'sale' && !host.bookings.has(traceName(message)))
      handle({ ...message, kind: 'reversal' });
    return handle(message);
  };
}

async function sell(counter: FailpointWorld, kind: TenderBody['kind']): Promise<void> {
  const { caller } = counter;
  await untilApproved(counter, () =>
    counter.ask('sign-in', (deps) => signInTerminal(deps, caller.terminal).then(rendered)),
  );
  const body = await prepare(counter, kind);
  const fingerprint = fingerprintOf(body);
  const answer = await counter.insist('settle', SALE_KEY, async (deps) => {
    const answered = await settleBill(deps, caller, body, fingerprint);
    return toldBy(answered);
  });
  await enquire(counter, SALE_KEY, answer);
}

/** Quote and challenge, the chip's answer, the PIN. */
async function prepare(
  counter: FailpointWorld,
  kind: TenderBody['kind'],
): Promise<SettlementRequest> {
  const { caller, world } = counter;
  // Of somebody whose account covers a part only: the bank or the till always has a share.
  const [, card] = world.database.memory.cards.values();
  if (card === undefined) throw new Error('there is a card');
  const bill = billOf([ASPIRIN, BENIDIPINE, TOOTHPASTE]);
  const asked = { card: cardBody(card), bill, useAccount: true };
  const quote = await untilApproved(counter, () =>
    counter.ask('quote', (deps) => quoteBill(deps, caller, asked).then(rendered)),
  );
  const wish = { cardId: card.cardId, totalAmount: bill.totalAmount };
  const challenged = await untilApproved(counter, () =>
    counter.ask('challenge', async (deps, { nextStamp }) =>
      rendered(issueChallenge(deps, nextStamp, caller, wish)),
    ),
  );
  const { amounts } = quote as { amounts: { patientPay: string } };
  const { challenge, factor, source } = challenged as Record<
    'challenge' | 'factor' | 'source',
    string
  >;
  const cryptogram = chipAnswer(
    card.cardId,
    Buffer.from(factor, 'hex'),
    Buffer.from(source, 'hex'),
  );
  const pin = { block: pinBlockOf(PIN) };
  const tender = tenderOf(kind, amounts.patientPay);
  return { requestKey: SALE_KEY, ...asked, chip: { challenge, cryptogram }, pin, tender };
}

function tenderOf(kind: TenderBody['kind'], expected: string): TenderBody {
  if (kind === 'cash') return { kind, expected };
  const account = { pan: '6228480402564890018', panSequence: '01', expiry: '3012' };
  const proof = { pinBlock: '00'.repeat(8), chipData: ATC, entryMode: '051' };
  return { kind, expected, ...account, ...proof };
}

async function giveBack(
  counter: FailpointWorld,
  lines: readonly string[] | undefined,
): Promise<void> {
  const { caller, world } = counter;
  const [sale] = world.database.memory.settlements.values();
  // A failpoint may have undone the sale: then there is nothing to give back.
  if (sale?.state !== 'posted') return;
  const body: RefundRequest = { requestKey: BACK_KEY, ...(lines && { lines }) };
  const request = { body, fingerprint: fingerprintOf(body) };
  const answer = await counter.insist('refund', BACK_KEY, async (deps) => {
    const answered = await refundSettlement(deps, caller, sale.id, request);
    return toldBy(answered);
  });
  await enquire(counter, BACK_KEY, answer);
}

/** What a terminal reads afterwards must be what it was told. */
async function enquire(
  counter: FailpointWorld,
  key: RequestKey,
  told: RenderedAnswer,
): Promise<void> {
  const { caller, log } = counter;
  const found = await untilApproved(counter, () =>
    counter.ask('enquire', (deps) => findByRequestKey(deps, caller, key).then(rendered)),
  );
  const [item] = (found as { items: readonly { answer: unknown; settlementId: string }[] }).items;
  if (told.outcome === 'approved' && JSON.stringify(item?.answer) !== told.body) {
    log.violation('the enquiry gives another answer than the sale');
  }
  if (told.outcome !== 'approved' || key !== SALE_KEY) return;
  const id = item?.settlementId as SettlementId;
  await untilApproved(counter, () =>
    counter.ask('read', (deps) => readSettlement(deps, caller, id).then(rendered)),
  );
}

/** A request that moves no money: asked for again until it works. */
async function untilApproved(
  { scheduler, process }: FailpointWorld,
  ask: () => Promise<RenderedAnswer | undefined>,
): Promise<unknown> {
  for (let attempt = 0; attempt < 60; attempt++) {
    const answer = await ask();
    if (answer?.outcome === 'approved') return JSON.parse(answer.body);
    await scheduler.later(1_000, process);
  }
  throw new Error('a request that moves nothing never worked');
}
