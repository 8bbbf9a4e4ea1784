/** A reader in this process that holds virtual cards: for the sandbox and tests. */
import type { VirtualCard } from '../virtual-card/virtual-card.ts';
import { type CardConnection, type Reader, ReaderError } from './reader.ts';
import { createSlot } from './slot.ts';

export type SimulatedReader = Reader & {
  /** Puts a card in; one that is already there is pulled first. */
  insert(card: VirtualCard): void;
  /** Pulls the card, also in the middle of a conversation. */
  remove(): void;
};

/** A reader with an empty slot, or with `card` in it. */
export function createSimulatedReader(
  options: { name?: string; card?: VirtualCard } = {},
): SimulatedReader {
  let card: VirtualCard | undefined = options.card;
  let connected: VirtualCard | undefined;
  const slot = createSlot(card !== undefined);

  function remove(): void {
    card = undefined;
    connected = undefined;
    slot.set(false);
  }

  function open(present: VirtualCard): CardConnection {
    let isOpen = true;
    connected = present;
    return {
      atr: present.atr,
      protocol: present.protocol,
      transmit: async (command) => {
        if (!isOpen || connected !== present) throw new ReaderError('CARD_GONE');
        return present.transmit(command);
      },
      disconnect: async () => {
        if (isOpen && connected === present) {
          connected = undefined;
          present.reset();
        }
        isOpen = false;
      },
    };
  }

  return {
    name: options.name ?? 'Simulated reader',
    waitForCard: (timeoutMs) => slot.waitFor(true, timeoutMs),
    waitForRemoval: (timeoutMs) => slot.waitFor(false, timeoutMs),
    connect: async () => {
      if (card === undefined) throw new ReaderError('NO_CARD');
      if (connected !== undefined) throw new ReaderError('CARD_BUSY');
      card.reset();
      return open(card);
    },
    close: async () => {
      slot.close();
      connected = undefined;
    },
    insert: (next) => {
      remove();
      card = next;
      slot.set(true);
    },
    remove,
  };
}
