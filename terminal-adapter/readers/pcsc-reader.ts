/**
 * A real reader behind PC/SC. What the service does not promise is secured here: every wait has a
 * limit (a mute card hangs for ever otherwise), an answer without a status word is refused (a
 * pulled card can leave an empty one), and after any loss the context is made anew, because an old
 * one never sees the readers of a restarted service.
 */

import type { Result } from '../../engine/domain/errors/result.ts';
import { fail, ok } from '../../engine/domain/errors/result.ts';
import type { PcscContext, PcscDevice, PcscModule } from './pcsc-module.ts';
import { loadPcsc, pcscErrorCode } from './pcsc-module.ts';
import { type CardConnection, type Reader, ReaderError, type ReaderErrorCode } from './reader.ts';
import { createSlot } from './slot.ts';

export type PcscReaderOptions = {
  /** Part of the reader's name; undefined takes the first reader that appears. */
  readonly name?: string;
  /** Limit of one exchange with the card, and of finding the reader at the start. */
  readonly timeoutMs: number;
  /** Loads the package `pcsclite`; replaced in tests. */
  readonly load?: () => Promise<unknown>;
};

export type PcscReaderError = 'PCSC_UNAVAILABLE' | 'PCSC_NO_READER';

/** 256 data bytes and the status word. */
const RESPONSE_BYTES_MAX = 258;

const CODES: Readonly<Record<string, ReaderErrorCode>> = {
  '8010000B': 'CARD_BUSY',
  '8010000C': 'NO_CARD',
  '80100066': 'NO_CARD', // unresponsive card: upside down, or not a chip
  '80100067': 'NO_CARD', // unpowered card
  '80100069': 'CARD_GONE',
};

/** Turns a callback into a promise that ends after `timeoutMs` at the latest. */
function limited<T>(
  timeoutMs: number,
  call: (done: (error: unknown, value: T) => void) => void,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new ReaderError('READER_TIMEOUT')), timeoutMs);
    const done = (error: unknown, value: T): void => {
      clearTimeout(timer);
      if (error === undefined || error === null) resolve(value);
      else reject(new ReaderError(CODES[pcscErrorCode(error) ?? ''] ?? 'READER_GONE'));
    };
    try {
      call(done);
    } catch (error) {
      clearTimeout(timer);
      reject(new ReaderError(CODES[pcscErrorCode(error) ?? ''] ?? 'READER_GONE'));
    }
  });
}

/** Keeps one context and one device in it; a lost pair is closed and replaced at the next use. */
function createLink(module: PcscModule, wantedName: string | undefined) {
  const card = createSlot();
  const found = createSlot();
  let atr: Uint8Array = new Uint8Array(0);
  let context: PcscContext | undefined;
  let device: PcscDevice | undefined;

  function drop(): void {
    const [oldDevice, oldContext] = [device, context];
    device = undefined;
    context = undefined;
    card.set(false);
    found.set(false);
    // Every device must be closed before its context, or the process never ends.
    try {
      oldDevice?.close();
      oldContext?.close();
    } catch {
      // The service is gone: there is nothing left to close.
    }
  }

  function adopt(owner: PcscContext, candidate: PcscDevice): void {
    const isWanted = wantedName === undefined || candidate.name.includes(wantedName);
    if (context !== owner || device !== undefined || !isWanted) {
      candidate.on('error', () => undefined);
      candidate.close();
      return;
    }
    device = candidate;
    const lost = () => {
      if (device === candidate) drop();
    };
    candidate.on('end', lost);
    candidate.on('error', lost);
    candidate.on('status', (status) => {
      if (device !== candidate) return;
      atr = new Uint8Array(status.atr ?? atr);
      card.set((status.state & candidate.SCARD_STATE_PRESENT) !== 0);
    });
    found.set(true);
  }

  /** False when there is no PC/SC service to talk to. */
  function start(): boolean {
    if (context !== undefined) return true;
    try {
      const fresh = module();
      context = fresh;
      // Closing a context emits "Command cancelled": without a listener that would end the process.
      fresh.on('error', () => {
        if (context === fresh) drop();
      });
      fresh.on('reader', (candidate) => adopt(fresh, candidate));
      return true;
    } catch {
      return false;
    }
  }

  return { card, found, drop, start, device: () => device, atr: () => atr };
}

type Link = ReturnType<typeof createLink>;

async function connect(link: Link, timeoutMs: number): Promise<CardConnection> {
  const device = link.device();
  if (device === undefined) {
    link.start();
    throw new ReaderError('READER_GONE');
  }
  if (!link.card.isPresent()) throw new ReaderError('NO_CARD');

  /** A card that is only absent or busy leaves the context sound; everything else may not. */
  async function guarded<T>(call: (done: (error: unknown, value: T) => void) => void): Promise<T> {
    try {
      return await limited(timeoutMs, call);
    } catch (error) {
      const code = error instanceof ReaderError ? error.code : 'READER_GONE';
      if (code === 'READER_TIMEOUT' || code === 'READER_GONE') link.drop();
      throw error;
    }
  }

  const mode = { share_mode: device.SCARD_SHARE_EXCLUSIVE };
  const protocol = await guarded<number>((done) => device.connect(mode, done));
  let isOpen = true;
  return {
    atr: link.atr(),
    transmit: async (command) => {
      if (!isOpen || link.device() !== device) throw new ReaderError('CARD_GONE');
      const bytes = await guarded<Uint8Array>((done) =>
        device.transmit(Buffer.from(command), RESPONSE_BYTES_MAX, protocol, done),
      );
      if (bytes.length < 2) throw new ReaderError('RESPONSE_SHORT');
      return new Uint8Array(bytes);
    },
    disconnect: async () => {
      if (!isOpen || link.device() !== device) return;
      isOpen = false;
      // The card may be gone already; then it is disconnected, which is what was wanted.
      await guarded<undefined>((done) =>
        device.disconnect(device.SCARD_UNPOWER_CARD, (error) => done(error, undefined)),
      ).catch(() => undefined);
    },
  };
}

/**
 * Opens a reader. Absence of the package, of the PC/SC service or of a reader is a value, never an
 * exception; the link repairs itself afterwards.
 */
export async function openPcscReader(
  options: PcscReaderOptions,
): Promise<Result<Reader, PcscReaderError>> {
  const module = await loadPcsc(options.load);
  if (!module.ok) return module;
  const link = createLink(module.value, options.name);
  if (!link.start()) return fail('PCSC_UNAVAILABLE');
  if (!(await link.found.waitFor(true, options.timeoutMs))) {
    link.drop();
    return fail('PCSC_NO_READER');
  }
  const name = link.device()?.name ?? options.name ?? 'PC/SC';
  return ok({
    name,
    waitForCard: async (timeoutMs) => {
      link.start();
      return link.card.waitFor(true, timeoutMs);
    },
    waitForRemoval: (timeoutMs) => link.card.waitFor(false, timeoutMs),
    connect: () => connect(link, options.timeoutMs),
    close: async () => {
      link.drop();
      link.card.close();
      link.found.close();
    },
  });
}
