/**
 * A counter: the real agent sells, submits, enquires and resumes; a cashier with paper and pencil gives it
 * work, believes what it says, and sells again only when it says that nothing was done.
 */

import type { PinPad } from '../../../terminal-adapter/agent/pin-pad.ts';
import { refund } from '../../../terminal-adapter/agent/refund.ts';
import { resume } from '../../../terminal-adapter/agent/resume.ts';
import { settle } from '../../../terminal-adapter/agent/settle.ts';
import type { SubmitDeps } from '../../../terminal-adapter/agent/submit.ts';
import type {
  EngineClient,
  TerminalClock,
} from '../../../terminal-adapter/client/engine-client.ts';
import type { RequestJournal } from '../../../terminal-adapter/journal/request-journal.ts';
import { pinBlockOf } from '../../support/flows/test-keys.ts';
import type { Purchase, SimCounter } from './counter.ts';
import { Died, openDisk } from './disk.ts';
import { bankPinBlockOf, bankPinKeyOf, openSlot, PIN } from './people.ts';
import { createProcess, type Process } from './scheduler.ts';
import { connectTerminal } from './terminal-wire.ts';
import type { World } from './world.ts';

type Life = {
  readonly world: World;
  readonly counter: SimCounter;
  readonly process: Process;
  readonly client: EngineClient;
  readonly journal: RequestJournal;
  readonly clock: TerminalClock;
  /** What the cashier works on: keys that are journalled now belong to it. */
  current: Purchase | undefined;
};

/** Switches a terminal on again that went off. */
const somebody = createProcess('office', 'somebody');

const ATTEMPTS_MAX = 3;
const LOOK_AGAIN_MS = 8_000;

/** Switches the terminal on, also after it died. */
export function startCounter(world: World, counter: SimCounter): void {
  const { scheduler, faults } = world;
  const restartMs = counter.random.between(500, 60_000);
  counter.lives += 1;
  const process = createProcess('terminal', `${counter.name}-${counter.lives}`);
  process.clockOffset = counter.clockOffset;
  counter.process = process;
  process.onDeath.push(() => {
    scheduler.trace(`${process.name} dies`);
    scheduler.after(restartMs, somebody, () => startCounter(world, counter));
  });
  const now = () => scheduler.now() + process.clockOffset;
  const life: Life = {
    world,
    counter,
    process,
    clock: { now, randomBytes: counter.random.bytes },
    client: connectTerminal({
      scheduler,
      faults,
      random: counter.random,
      terminal: process,
      terminalId: counter.name,
      reach: () => world.reach(),
      onSaid(key, answer) {
        if (key !== undefined) world.auditor.said(counter.name, key, answer);
      },
    }),
    journal: openDisk({
      path: counter.disk,
      faults,
      terminal: process,
      onPrepared: (requestKey, kind) => life.current?.keys.push({ requestKey, kind }),
    }),
    current: undefined,
  };
  scheduler.as(process, () => {
    void work(life).catch((error: unknown) => {
      if (process.isAlive || !(error instanceof Died)) world.auditor.broke(error);
    });
  });
}

async function work(life: Life): Promise<void> {
  const { counter, journal, world } = life;
  await rest(life, 3_000);
  await signIn(life);
  for (;;) {
    if (journal.unfinished().length > 0) await resume(life);
    const next = counter.purchases.find((purchase) => mayGoOn(life, purchase));
    if (next !== undefined) await serve(life, next);
    else await rest(life, LOOK_AGAIN_MS);
    if (counter.isNewDay || world.faults.hits('bank.new-keys')) await signIn(life);
    const isOver = world.faults.isOver && counter.purchases.every((purchase) => purchase.isOver);
    counter.isDone = isOver && journal.unfinished().length === 0;
    if (counter.isDone) return;
  }
}

/** Nothing of it is open: nobody may collect again while a key's outcome is unknown. */
function mayGoOn({ journal }: Life, { isOver, keys }: Purchase): boolean {
  if (isOver) return false;
  return keys.every(({ requestKey }) => journal.find(requestKey)?.state === 'finished');
}

async function serve(life: Life, purchase: Purchase): Promise<void> {
  const { counter, journal } = life;
  life.current = purchase;
  await rest(life, 20_000);
  const sold = purchase.keys
    .filter(({ kind }) => kind === 'sale')
    .map(({ requestKey }) => journal.find(requestKey))
    .find((entry) => entry?.outcome === 'approved');
  if (sold !== undefined) {
    if (purchase.attempts < ATTEMPTS_MAX && counter.random.chance(0.6))
      await giveBack(life, purchase, sold.certificate ?? '');
    else purchase.isOver = true;
  } else if (purchase.attempts < ATTEMPTS_MAX) await ring(life, purchase);
  else purchase.isOver = true;
  life.current = undefined;
}

async function ring(life: Life, purchase: Purchase): Promise<void> {
  const { world, process, counter } = life;
  const { bill, useAccount, tender, card } = purchase;
  purchase.attempts += 1;
  const work = () => world.scheduler.later(counter.random.between(1, 60), process);
  const isGone = () => world.faults.hits('card.leaves');
  const outcome = await settle({
    ...agentOf(life),
    card: openSlot({ card, work, isGone }),
    pinPad: padOf(life, work),
    bill,
    useAccount,
    tender,
  });
  const code = outcome.kind === 'declined' ? outcome.refusal.code : '';
  world.scheduler.trace(`${process.name} purchase ${purchase.no}: ${outcome.kind} ${code}`);
  if (code === 'BANK_SIGN_IN_NEEDED') counter.isNewDay = true;
  if (outcome.kind === 'declined' && counter.random.chance(0.4)) purchase.isOver = true;
}

async function giveBack(life: Life, purchase: Purchase, certificate: string): Promise<void> {
  const { counter, world, process } = life;
  purchase.attempts += 1;
  const settlementId = settlementOf(certificate);
  if (settlementId === undefined) {
    purchase.isOver = true;
    return;
  }
  const lineNo = counter.random.pick(purchase.bill.lines).lineNo;
  const refunded = await refund({
    ...agentOf(life),
    settlementId,
    amount: purchase.bill.totalAmount,
    ...(counter.random.chance(0.5) ? {} : { lines: [lineNo] }),
  });
  world.scheduler.trace(`${process.name} gives back ${purchase.no}: ${refunded.kind}`);
}

/** From the answer to the sale, or from the enquiry that found it. */
function settlementOf(certificate: string): string | undefined {
  const { body } = JSON.parse(certificate) as { readonly body: string };
  type Found = {
    readonly settlementId?: string;
    readonly items?: readonly { readonly settlementId: string | null }[];
  };
  const { settlementId, items } = JSON.parse(body) as Found;
  return settlementId ?? items?.[0]?.settlementId ?? undefined;
}

function agentOf({ world, process, client, journal, clock }: Life): SubmitDeps {
  const wait = (ms: number) => world.scheduler.later(ms, process);
  return { client, journal, clock, wait };
}

function padOf({ world, counter, process }: Life, work: () => Promise<void>): PinPad {
  return {
    async medicalPinBlock() {
      await work();
      if (world.faults.hits('card.holder-is-slow'))
        await world.scheduler.later(counter.random.between(1_000, 40_000), process);
      const isWrong = world.faults.hits('card.wrong-pin');
      return pinBlockOf(isWrong ? '000000' : PIN);
    },
    async bankPinBlock(pan) {
      await work();
      const key = counter.bankPinKey;
      return key === undefined ? undefined : bankPinBlockOf(pan, key);
    },
  };
}

async function signIn(life: Life): Promise<void> {
  const { client, counter } = life;
  for (let tries = 0; tries < 10; tries++) {
    const signed = await client.signIn();
    if (signed.kind === 'approved') {
      counter.bankPinKey = bankPinKeyOf(signed.body) ?? counter.bankPinKey;
      counter.isNewDay = false;
      if (counter.bankPinKey !== undefined) return;
    }
    await rest(life, 5_000);
  }
}

function rest({ world, counter, process }: Life, msMax: number): Promise<void> {
  return world.scheduler.later(counter.random.between(10, msMax), process);
}
