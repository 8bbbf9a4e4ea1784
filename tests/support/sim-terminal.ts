/** A counter that sells, gives back, loses answers, repeats under the same key, enquires, and is switched off. */

import { createHash } from 'node:crypto';
import type { RequestKey, SettlementId } from '../../engine/base/ids/ids.ts';
import type { BillBody } from '../../engine/contract/bill.ts';
import type { RefundRequest } from '../../engine/contract/refund.ts';
import type { SettlementRequest, TenderBody } from '../../engine/contract/settlement.ts';
import type { Card } from '../../engine/domain/card/card.ts';
import { declinedAnswer } from '../../engine/domain/request/answer.ts';
import type { RenderedAnswer } from '../../engine/domain/request/request-record.ts';
import { issueChallenge } from '../../engine/flows/card/issue-challenge.ts';
import type { Caller } from '../../engine/flows/deps.ts';
import { findByRequestKey, readSettlement } from '../../engine/flows/enquiry/read-settlement.ts';
import { refundSettlement } from '../../engine/flows/refund/refund-settlement.ts';
import { quoteBill } from '../../engine/flows/settlement/quote-bill.ts';
import { settleBill } from '../../engine/flows/settlement/settle-bill.ts';
import type { Terminal } from '../../engine/ports/reference.ts';
import {
  ASPIRIN,
  BENIDIPINE,
  billOf,
  cardBody,
  dongguanHospital,
  dongguanPharmacy,
  keyOf,
  TOOTHPASTE,
} from './domain/builders.ts';
import { rendered, toldBy } from './flows/rendered.ts';
import { chipAnswer, pinBlockOf } from './flows/test-keys.ts';
import { type CheckLog, isFinal } from './sim-check.ts';
import type { Process } from './sim-scheduler.ts';
import { PIN, type SimEngine, type SimWorld } from './sim-world.ts';

type Counter = {
  readonly world: SimWorld;
  readonly log: CheckLog;
  readonly caller: Caller;
  readonly process: Process;
  /** Counters of the chips, shared by all terminals: a chip counts wherever it is. */
  readonly counters: Map<string, number>;
  serial: number;
};

const INTERNAL = rendered(declinedAnswer('INTERNAL', {}));

/** Sells `sales` times, one after the other, and gives some of it back. */
export async function workAt(
  world: SimWorld,
  log: CheckLog,
  terminal: Terminal,
  what: { readonly sales: number; readonly counters: Map<string, number> },
): Promise<void> {
  const institution =
    terminal.institution === dongguanHospital.code ? dongguanHospital : dongguanPharmacy;
  const process = { name: terminal.id, isAlive: true, pausedUntil: 0 };
  const { counters } = what;
  const counter: Counter = {
    world,
    log,
    caller: { terminal, institution },
    process,
    counters,
    serial: 0,
  };
  const { random } = world.scheduler;
  for (let sale = 0; sale < what.sales; sale++) {
    await world.scheduler.later(random.between(10, 20_000), process);
    const sold = await sell(counter);
    for (let back = random.between(0, 2); sold !== undefined && back > 0; back--)
      await giveBack(counter, sold);
  }
}

type Sold = { readonly id: SettlementId; readonly lines: number };

async function sell(counter: Counter): Promise<Sold | undefined> {
  const { world, caller } = counter;
  const { random } = world.scheduler;
  const cards = [...world.database.memory.cards.values()];
  const card = random.pick(cards);
  const isPharmacy = caller.institution.carePlace.kind === 'pharmacy';
  const items = [BENIDIPINE, ASPIRIN, TOOTHPASTE].filter(() => random.chance(0.7));
  const bill = billOf(items.length === 0 ? [ASPIRIN] : items, {
    careType: isPharmacy ? '41' : '11',
  });
  const useAccount = random.chance(0.9);
  const body = await prepare(counter, card, bill, useAccount);
  if (body === undefined) return undefined;
  const fingerprint = fingerprintOf(body);
  const send = ({ deps }: SimEngine) => settleBill(deps, caller, body, fingerprint).then(toldBy);
  const answer = await insist(counter, body.requestKey as RequestKey, send);
  const { settlementId } =
    answer?.outcome === 'approved' ? (JSON.parse(answer.body) as { settlementId?: string }) : {};
  return settlementId === undefined
    ? undefined
    : { id: settlementId as SettlementId, lines: bill.lines.length };
}

/** Quote and challenge, then the chip's answer and the PIN. */
async function prepare(
  counter: Counter,
  card: Card,
  bill: BillBody,
  useAccount: boolean,
): Promise<SettlementRequest | undefined> {
  const { world, caller, counters } = counter;
  const { random } = world.scheduler;
  const quoted = await ask(counter, ({ deps }) =>
    quoteBill(deps, caller, { card: cardBody(card), bill, useAccount }).then(rendered),
  );
  const challenged = await ask(counter, async ({ deps, nextStamp }) =>
    rendered(
      issueChallenge(deps, nextStamp, caller, {
        cardId: card.cardId,
        totalAmount: bill.totalAmount,
      }),
    ),
  );
  if (quoted?.outcome !== 'approved' || challenged?.outcome !== 'approved') return undefined;
  const { amounts } = JSON.parse(quoted.body) as { amounts: { patientPay: string } };
  const { challenge, factor, source } = JSON.parse(challenged.body) as { [name: string]: string };
  const atc = (counters.get(card.cardId) ?? 0) + 1;
  counters.set(card.cardId, atc);
  // One of the cards is often in the wrong hands.
  const isRight = random.chance(card.cardId.endsWith('4') ? 0.4 : 0.93);
  const cryptogram = chipAnswer(
    card.cardId,
    Buffer.from(factor ?? '', 'hex'),
    Buffer.from(source ?? '', 'hex'),
  );
  return {
    requestKey: nextKey(counter, 'sale'),
    card: cardBody(card),
    chip: { challenge: challenge ?? '', cryptogram },
    pin: { block: random.chance(0.03) ? 'FF' : pinBlockOf(isRight ? PIN : '000000') },
    bill,
    useAccount,
    tender: random.chance(0.8)
      ? bankTender(amounts.patientPay, atc)
      : { kind: 'cash', expected: amounts.patientPay },
  };
}

function bankTender(expected: string, atc: number): TenderBody {
  const chipData = `9F3602${atc.toString(16).padStart(4, '0').toUpperCase()}`;
  const pan = '6228480402564890018';
  return {
    kind: 'bank-debit',
    expected,
    pan,
    panSequence: '01',
    expiry: '3012',
    pinBlock: '00'.repeat(8),
    chipData,
    entryMode: '051',
  };
}

async function giveBack(counter: Counter, sold: Sold): Promise<void> {
  const { random } = counter.world.scheduler;
  await counter.world.scheduler.later(random.between(10, 30_000), counter.process);
  const requestKey = nextKey(counter, 'back');
  const lines = random.chance(0.5) ? undefined : [String(random.between(1, sold.lines))];
  const body: RefundRequest = lines === undefined ? { requestKey } : { requestKey, lines };
  const request = { body, fingerprint: fingerprintOf(body) };
  await insist(counter, requestKey, ({ deps }) =>
    refundSettlement(deps, counter.caller, sold.id, request).then(toldBy),
  );
}

/** The same bytes again, or an enquiry, until there is a final answer. Sometimes the cashier gives up. */
async function insist(
  counter: Counter,
  requestKey: RequestKey,
  send: (engine: SimEngine) => Promise<RenderedAnswer>,
): Promise<RenderedAnswer | undefined> {
  const { world, log, caller } = counter;
  const { random } = world.scheduler;
  for (let tries = 0; tries < 200; tries++) {
    const isEnquiry = tries > 0 && random.chance(0.4);
    const answer = isEnquiry ? await enquire(counter, requestKey) : await ask(counter, send);
    world.scheduler.trace(
      `${caller.terminal.id} ${requestKey} ${isEnquiry ? 'enquired' : 'sent'}: ${answer?.status} ${answer?.code}`,
    );
    if (answer !== undefined) log.told.push({ terminalId: caller.terminal.id, requestKey, answer });
    if (answer !== undefined && isFinal(answer)) return answer;
    if (random.chance(0.03)) return undefined;
    await world.scheduler.later(random.between(100, 15_000), counter.process);
  }
  return undefined;
}

/** By the key; a settlement that is found is read as a document too, which must say the same. */
async function enquire(
  counter: Counter,
  requestKey: RequestKey,
): Promise<RenderedAnswer | undefined> {
  const { caller, log } = counter;
  const found = await ask(counter, ({ deps }) =>
    findByRequestKey(deps, caller, requestKey).then(rendered),
  );
  if (found?.outcome !== 'approved') return undefined;
  type Item = {
    settlementId: SettlementId | null;
    status: number | null;
    answer: { outcome?: string; code?: RenderedAnswer['code'] } | null;
  };
  const [item] = (JSON.parse(found.body) as { items: readonly Item[] }).items;
  const { answer, status, settlementId } = item ?? {};
  if (!answer || !status) return undefined;
  if (settlementId && requestKey.startsWith('sale')) {
    const read = await ask(counter, ({ deps }) =>
      readSettlement(deps, caller, settlementId).then(rendered),
    );
    const { outcome } = JSON.parse(read?.body ?? '{}') as { outcome?: string };
    const isFinalNow = outcome === 'approved' || outcome === 'declined';
    if (status !== 202 && isFinalNow && outcome !== (status === 200 ? 'approved' : 'declined')) {
      log.violation('the document says otherwise than the answer');
    }
  }
  const outcome = status === 200 ? 'approved' : status === 202 ? 'unknown' : 'declined';
  return { outcome, status, code: answer.code, body: JSON.stringify(answer) };
}

/** One round trip; undefined: no answer came. */
function ask(
  counter: Counter,
  call: (engine: SimEngine) => Promise<RenderedAnswer>,
): Promise<RenderedAnswer | undefined> {
  const { world, process } = counter;
  const { scheduler, engine } = world;
  const { random } = scheduler;
  const isFaulty = world.database.isFaulty;
  const patience = isFaulty ? random.pick([3_000, 30_000, 70_000]) : 70_000;
  return new Promise((resolve) => {
    scheduler.after(patience, process, () => resolve(undefined));
    const isSlow = isFaulty && random.chance(0.03);
    scheduler.after(
      isSlow ? random.between(1_000, 40_000) : random.between(1, 40),
      engine.process,
      () => {
        const isLost = isFaulty && random.chance(0.05);
        void call(engine)
          .catch(() => INTERNAL)
          .then((answer) => {
            if (!isLost) scheduler.after(random.between(1, 40), process, () => resolve(answer));
          });
      },
    );
  });
}

function nextKey(counter: Counter, name: string): RequestKey {
  counter.serial += 1;
  return keyOf(`${name}-${String(counter.serial).padStart(6, '0')}`);
}

function fingerprintOf(body: object): string {
  return createHash('sha256').update(JSON.stringify(body)).digest('hex');
}
