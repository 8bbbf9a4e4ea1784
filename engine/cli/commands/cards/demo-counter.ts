/** The counter of the demonstration: real terminal software with a virtual card in its reader. */
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  createSoftwarePinPad,
  type SignInPinPad,
} from '../../../../terminal-adapter/agent/pin-pad.ts';
import {
  type Counter,
  openCounter,
  systemClock,
} from '../../../../terminal-adapter/counter/open-counter.ts';
import { createSimulatedReader } from '../../../../terminal-adapter/readers/simulated-reader.ts';
import type { CardPersonalisation } from '../../../../terminal-adapter/virtual-card/personalisation.ts';
import { createVirtualCard } from '../../../../terminal-adapter/virtual-card/virtual-card.ts';
import { sandboxBills, toWireBill } from '../../../sandbox/data/bills.ts';
import { loadTerminalKeys, sandboxKeyFolder } from '../../../sandbox/keys/sandbox-keys.ts';
import { sandboxTerminals } from '../../../sandbox/seed/sandbox-institutions.ts';
import { sandboxCredentials } from '../../sandbox-counter.ts';

/** A card in the hand of its holder. */
export type HeldCard = ReturnType<typeof createVirtualCard>;

export function heldCard(personalisation: CardPersonalisation): HeldCard {
  return createVirtualCard(personalisation, { random: (bytes) => randomBytes(bytes) });
}

/** The PIN pad of the card office's window, with the keys of its sign-in. */
export type WindowPinPad = {
  /** The block of a PIN for a card, as orders take it. */
  enter(
    cardId: string,
    pin: string,
  ): Promise<{ readonly terminalId: string; readonly block: string }>;
};

export type DemoCounter = {
  /** Sells to the holder over the counter. @returns "approved", or the code of the refusal */
  sell(card: HeldCard, pin: string): Promise<string>;
};

type Opened = {
  readonly counter: Counter;
  readonly pinPad: SignInPinPad;
  readonly pin: { digits: string };
};

async function open(
  dataDir: string,
  url: string,
  name: 'dongguanPharmacy' | 'dongguanHospital',
  card?: HeldCard,
) {
  const terminal = sandboxTerminals[name];
  const keys = loadTerminalKeys(sandboxKeyFolder(dataDir), terminal);
  const pin = { digits: '' };
  const pinPad = createSoftwarePinPad({
    ...{ masterKey: keys.masterKey, bankMasterKey: keys.bankPinPadKey, clock: systemClock },
    askPin: async () => pin.digits,
  });
  const folder = join(dataDir, 'counters');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const counter = openCounter({
    ...{ baseUrls: [url], terminal: sandboxCredentials(terminal, keys), pinPad },
    reader: createSimulatedReader(card === undefined ? undefined : { card }),
    journalFile: join(folder, `${terminal.id}-demo.db`),
  });
  const signedIn = await counter.signIn();
  if (signedIn.kind !== 'approved')
    throw new Error(`the terminal ${terminal.id} was not signed in`);
  const opened: Opened = { counter, pinPad, pin };
  return { ...opened, terminal, businessDate: signedIn.document.businessDate };
}

export async function openWindow(dataDir: string, url: string): Promise<WindowPinPad> {
  const { counter, pinPad, pin, terminal } = await open(dataDir, url, 'dongguanHospital');
  await counter.close();
  return {
    async enter(cardId, digits) {
      pin.digits = digits;
      const block = await pinPad.medicalPinBlock(cardId);
      if (block === undefined) throw new Error('the PIN pad gave no block');
      return { terminalId: terminal.id, block };
    },
  };
}

export function openDemoCounter(dataDir: string, url: string): DemoCounter {
  return {
    async sell(card, digits) {
      const { counter, pin, businessDate } = await open(dataDir, url, 'dongguanPharmacy', card);
      pin.digits = digits;
      try {
        const bill = sandboxBills.find(({ careType }) => careType === '41');
        if (bill === undefined) throw new Error('the sandbox has no bill of a pharmacy');
        const outcome = await counter.settle({
          ...{ bill: toWireBill(bill, businessDate), useAccount: true, tender: 'cash' },
        });
        if (outcome.kind === 'approved') return 'approved';
        return outcome.kind === 'declined' ? outcome.refusal.code : outcome.kind;
      } finally {
        await counter.close();
      }
    },
  };
}
