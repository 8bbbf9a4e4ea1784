/**
 * The part of the optional package `pcsclite` (1.0.1) that we use, and its loading. The package is
 * a native add-on that not every counter has, so it is imported when it is asked for and may be
 * absent.
 */

import type { Result } from '../../engine/base/errors/result.ts';
import { fail, ok } from '../../engine/base/errors/result.ts';

type Callback<T> = (error: unknown, value: T) => void;

export type PcscDevice = {
  readonly name: string;
  readonly SCARD_SHARE_EXCLUSIVE: number;
  readonly SCARD_UNPOWER_CARD: number;
  readonly SCARD_STATE_PRESENT: number;
  on(event: 'status', listener: (status: { state: number; atr?: Uint8Array }) => void): unknown;
  on(event: 'end' | 'error', listener: (error?: unknown) => void): unknown;
  connect(options: { share_mode: number }, callback: Callback<number>): void;
  disconnect(disposition: number, callback: (error: unknown) => void): void;
  transmit(data: Buffer, maxBytes: number, protocol: number, callback: Callback<Uint8Array>): void;
  close(): void;
};

export type PcscContext = {
  on(event: 'reader', listener: (device: PcscDevice) => void): unknown;
  on(event: 'error', listener: (error: unknown) => void): unknown;
  close(): void;
};

/** Makes a context; throws when no PC/SC service runs. */
export type PcscModule = () => PcscContext;

/** A variable, so that the compiler does not look for a package that need not be there. */
const PACKAGE: string = 'pcsclite';

function isModule(value: unknown): value is PcscModule {
  return typeof value === 'function';
}

/** The package, or PCSC_UNAVAILABLE when it is not installed or was built for another Node. */
export async function loadPcsc(
  load: () => Promise<unknown> = () => import(PACKAGE),
): Promise<Result<PcscModule, 'PCSC_UNAVAILABLE'>> {
  try {
    const loaded = await load();
    const main =
      typeof loaded === 'object' && loaded !== null && 'default' in loaded
        ? loaded.default
        : loaded;
    return isModule(main) ? ok(main) : fail('PCSC_UNAVAILABLE');
  } catch {
    return fail('PCSC_UNAVAILABLE');
  }
}

/** Result codes of PC/SC that mean something to a cashier; pcsclite has them only in its text. */
export function pcscErrorCode(error: unknown): string | undefined {
  const text = error instanceof Error ? error.message : '';
  return /0x([0-9a-f]{8})/i.exec(text)?.[1]?.toUpperCase();
}
