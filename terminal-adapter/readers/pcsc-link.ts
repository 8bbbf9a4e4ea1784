/**
 * Keeps one PC/SC context and one reader in it, and replaces both after a loss. Three properties of
 * the add-on `pcsclite` determine how:
 *
 * - `close` waits for a lock, which a running command holds, and which the add-on holds while it
 *   calls a listener. So nothing is closed inside a listener or before every call has returned.
 * - A context whose service has ended never sees readers again. So no context is used twice.
 * - A reader stays "connected" when its card is pulled. So this module ends that connection.
 */
import {
  type PcscContext,
  type PcscDevice,
  type PcscModule,
  pcscErrorCode,
} from './pcsc-module.ts';
import { ReaderError, type ReaderErrorCode } from './reader.ts';
import { createSlot, type Slot } from './slot.ts';

const CODES: Readonly<Record<string, ReaderErrorCode>> = {
  '8010000B': 'CARD_BUSY',
  '8010000C': 'NO_CARD',
  '80100066': 'NO_CARD', // unresponsive card: upside down, or not a chip
  '80100067': 'NO_CARD', // unpowered card
  '80100069': 'CARD_GONE',
};

function readerError(error: unknown): ReaderError {
  return new ReaderError(CODES[pcscErrorCode(error) ?? ''] ?? 'READER_GONE');
}

type Done<T> = (error: unknown, value: T) => void;

/** One reader in one context, from its appearance to its loss. */
export type Held = {
  readonly device: PcscDevice;
  readonly session: Session;
  atr: Uint8Array;
  /** How many cards were pulled so far: a connection is good for one card. */
  cardsPulled: number;
  isConnected: boolean;
  /** Ends when the connection to a pulled card has been given back. */
  settling: Promise<void>;
  callsUnderWay: number;
  isRetired: boolean;
};

/** A context and all readers that appeared in it, wanted or not. */
type Session = { readonly context: PcscContext; readonly devices: Set<PcscDevice> };

function closeSession({ context, devices }: Session): void {
  // Every device must be closed before its context, or the process never ends.
  for (const part of [...devices, context]) {
    try {
      part.close();
    } catch {
      // The service is gone: there is nothing left to close.
    }
  }
}

function release({ session, device }: Held): void {
  setImmediate(() => {
    try {
      device.disconnect(device.SCARD_UNPOWER_CARD, () => closeSession(session));
    } catch {
      closeSession(session);
    }
  });
}

/**
 * Runs one call of the add-on; rejects after `timeoutMs`, though the call itself cannot be stopped.
 */
export function callDevice<T>(
  held: Held,
  timeoutMs: number,
  call: (device: PcscDevice, done: Done<T>) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new ReaderError('READER_TIMEOUT')), timeoutMs);
    held.callsUnderWay += 1;
    const done: Done<T> = (error, value) => {
      clearTimeout(timer);
      held.callsUnderWay -= 1;
      if (held.isRetired && held.callsUnderWay === 0) release(held);
      if (error === undefined || error === null) resolve(value);
      else reject(readerError(error));
    };
    try {
      call(held.device, done);
    } catch (error) {
      done(error ?? new ReaderError('READER_GONE'), undefined as T);
    }
  });
}

export type PcscLink = {
  /** Is a card in the reader? */
  readonly card: Slot;
  /** Is the reader there? */
  readonly found: Slot;
  /** The reader, unless it is lost. */
  held(): Held | undefined;
  /** Opens a context if there is none; false when there is no PC/SC service. */
  start(): boolean;
  /** Gives up context and reader; the next `start` makes them anew. */
  drop(): void;
};

type LinkState = {
  readonly module: PcscModule;
  readonly wantedName: string | undefined;
  readonly timeoutMs: number;
  readonly card: Slot;
  readonly found: Slot;
  session: Session | undefined;
  held: Held | undefined;
};

function drop(link: LinkState): void {
  const { session, held } = link;
  link.session = undefined;
  link.held = undefined;
  link.card.set(false);
  link.found.set(false);
  if (held !== undefined) {
    held.isRetired = true;
    held.isConnected = false;
    if (held.callsUnderWay === 0) release(held);
  } else if (session !== undefined) {
    setImmediate(() => closeSession(session));
  }
}

/** Ends the connection to a card that was pulled; if that fails, only a new context helps. */
function cardPulled(link: LinkState, held: Held): void {
  held.cardsPulled += 1;
  if (!held.isConnected) return;
  held.isConnected = false;
  held.settling = callDevice<undefined>(held, link.timeoutMs, (device, done) =>
    device.disconnect(device.SCARD_UNPOWER_CARD, (error) => done(error, undefined)),
  ).catch(() => {
    if (link.held !== held) return;
    drop(link);
    start(link);
  });
}

function watch(link: LinkState, held: Held): void {
  const { device } = held;
  const lost = () => {
    if (link.held === held) drop(link);
  };
  device.on('end', lost);
  device.on('error', lost);
  device.on('status', (status) => {
    if (link.held !== held) return;
    const isPresent = (status.state & device.SCARD_STATE_PRESENT) !== 0;
    if (isPresent) held.atr = new Uint8Array(status.atr ?? held.atr);
    else cardPulled(link, held);
    link.card.set(isPresent);
  });
}

function adopt(link: LinkState, session: Session, device: PcscDevice): void {
  session.devices.add(device);
  const isWanted = link.wantedName === undefined || device.name.includes(link.wantedName);
  if (link.session !== session || link.held !== undefined || !isWanted) {
    device.on('error', () => undefined);
    return;
  }
  link.held = {
    device,
    session,
    atr: new Uint8Array(0),
    cardsPulled: 0,
    isConnected: false,
    settling: Promise.resolve(),
    callsUnderWay: 0,
    isRetired: false,
  };
  watch(link, link.held);
  link.found.set(true);
}

function start(link: LinkState): boolean {
  if (link.session !== undefined) return true;
  try {
    const session: Session = { context: link.module(), devices: new Set() };
    link.session = session;
    // Closing a context emits "Command cancelled": without a listener that would end the process.
    session.context.on('error', () => {
      if (link.session === session) drop(link);
    });
    session.context.on('reader', (device) => adopt(link, session, device));
    return true;
  } catch {
    return false;
  }
}

/**
 * @param options `wantedName` is part of the reader's name; undefined takes the first that appears
 */
export function createPcscLink(
  module: PcscModule,
  options: { wantedName: string | undefined; timeoutMs: number },
): PcscLink {
  const link: LinkState = {
    module,
    ...options,
    card: createSlot(),
    found: createSlot(),
    session: undefined,
    held: undefined,
  };
  return {
    card: link.card,
    found: link.found,
    held: () => link.held,
    start: () => start(link),
    drop: () => drop(link),
  };
}
