/**
 * A real reader behind PC/SC, made safe against what the service permits: every wait has a limit
 * (a mute card would hang it for ever), an answer without a status word is refused (a pulled card can
 * leave an empty one), and after any loss the link is opened again.
 */

import type { Result } from '../../engine/base/errors/result.ts';
import { fail, ok } from '../../engine/base/errors/result.ts';
import { callDevice, createPcscLink, type Held, type PcscLink } from './pcsc-link.ts';
import { loadPcsc, type PcscDevice } from './pcsc-module.ts';
import { type CardConnection, type Reader, ReaderError } from './reader.ts';

export type PcscReaderOptions = {
  /** Part of the reader's name; undefined takes the first reader that appears. */
  readonly name?: string;
  /** Limit of one exchange with the card, and of finding the reader at the start. */
  readonly timeoutMs: number;
  /** Loads the package `pcsclite`; replaced in tests. */
  readonly load?: () => Promise<unknown>;
};

export type PcscReaderError = 'PCSC_UNAVAILABLE' | 'PCSC_NO_READER';

/** As `SCardConnect` names it. */
const SCARD_PROTOCOL_T0 = 1;
/** 256 data bytes and the status word. */
const RESPONSE_BYTES_MAX = 258;

/**
 * After silence or an unknown failure the link may be broken and is dropped; a card that is absent or
 * busy leaves it intact.
 */
async function guarded<T>(
  link: PcscLink,
  held: Held,
  timeoutMs: number,
  call: (device: PcscDevice, done: (error: unknown, value: T) => void) => void,
): Promise<T> {
  try {
    return await callDevice(held, timeoutMs, call);
  } catch (error) {
    const code = error instanceof ReaderError ? error.code : 'READER_GONE';
    const isLinkLost = code === 'READER_TIMEOUT' || code === 'READER_GONE';
    if (isLinkLost && link.held() === held) link.drop();
    throw error;
  }
}

async function powerUp(link: PcscLink, timeoutMs: number) {
  await link.held()?.settling;
  const held = link.held();
  if (held === undefined) {
    link.start();
    throw new ReaderError('READER_GONE');
  }
  if (!link.card.isPresent()) throw new ReaderError('NO_CARD');
  if (held.isConnected) throw new ReaderError('CARD_BUSY');
  held.isConnected = true;
  try {
    const protocol = await guarded<number>(link, held, timeoutMs, (device, done) =>
      device.connect({ share_mode: device.SCARD_SHARE_EXCLUSIVE }, done),
    );
    return { held, protocol };
  } catch (error) {
    held.isConnected = false;
    throw error;
  }
}

async function connect(link: PcscLink, timeoutMs: number): Promise<CardConnection> {
  const { held, protocol } = await powerUp(link, timeoutMs);
  const card = held.cardsPulled;
  let isClosed = false;
  let isPulled = false;
  const isOpen = () => !isClosed && link.held() === held && held.cardsPulled === card;
  return {
    atr: held.atr,
    protocol: protocol === SCARD_PROTOCOL_T0 ? 'T=0' : 'T=1',
    transmit: async (command) => {
      if (isPulled || !isOpen()) throw new ReaderError('CARD_GONE');
      const bytes = await guarded<Uint8Array>(link, held, timeoutMs, (device, done) =>
        device.transmit(Buffer.from(command), RESPONSE_BYTES_MAX, protocol, done),
      );
      // The service says nothing when a card is pulled in the middle: there is no answer at all.
      isPulled = bytes.length === 0;
      if (isPulled) throw new ReaderError('CARD_GONE');
      if (bytes.length < 2) throw new ReaderError('RESPONSE_SHORT');
      return new Uint8Array(bytes);
    },
    disconnect: async () => {
      if (!isOpen()) return;
      isClosed = true;
      try {
        await callDevice<undefined>(held, timeoutMs, (device, done) =>
          device.disconnect(device.SCARD_UNPOWER_CARD, (error) => done(error, undefined)),
        );
        held.isConnected = false;
      } catch {
        // Not given back: only a new context can reach the card again.
        if (link.held() === held) link.drop();
      }
    },
  };
}

/**
 * Opens a reader. A missing package, PC/SC service or reader is a value, never an exception; a link
 * that breaks later is opened again. The add-on can block its thread while a mute card is in the
 * reader: a terminal that must stay responsive runs this in a worker thread.
 */
export async function openPcscReader(
  options: PcscReaderOptions,
): Promise<Result<Reader, PcscReaderError>> {
  const { timeoutMs } = options;
  const module = await loadPcsc(options.load);
  if (!module.ok) return module;
  const link = createPcscLink(module.value, { wantedName: options.name, timeoutMs });
  if (!link.start()) return fail('PCSC_UNAVAILABLE');
  if (!(await link.found.waitFor(true, timeoutMs))) {
    link.drop();
    return fail('PCSC_NO_READER');
  }
  return ok({
    name: link.held()?.device.name ?? options.name ?? 'PC/SC',
    waitForCard: async (limitMs) => {
      link.start();
      return link.card.waitFor(true, limitMs);
    },
    waitForRemoval: (limitMs) => link.card.waitFor(false, limitMs),
    connect: () => connect(link, timeoutMs),
    close: async () => {
      link.drop();
      link.card.close();
      link.found.close();
    },
  });
}
