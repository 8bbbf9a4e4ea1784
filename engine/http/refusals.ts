import type { ErrorCode } from '../base/errors/error-registry.ts';

/** Why a request was refused. A closed list: whoever sends requests cannot add to it. */
export type RefusalReason =
  /** The load limiter, or the queue of the store, had no room. */
  | 'busy'
  /** The terminal has as many requests running as one may have. */
  | 'busy-terminal'
  /** The memory of nonces was full. */
  | 'busy-nonces'
  /** The sender had too many unfinished requests or connections; the oldest was cut off. */
  | 'half-sent'
  | 'signature-invalid'
  | 'terminal-unknown'
  | 'terminal-not-signed-in'
  | 'terminal-not-allowed'
  | 'operator-not-signed-in'
  | 'replayed'
  | 'stale'
  | 'path-unknown'
  | 'method-unknown'
  | 'chip-not-genuine'
  | 'pin-wrong'
  | 'pin-locked';

export type Refusal = {
  readonly reason: RefusalReason;
  /** The terminal on record that the request names; its signature may be wrong. */
  readonly terminalId?: string | undefined;
  /** Network address of the sender. */
  readonly address?: string | undefined;
};

/** Told of every refusal. Must not throw, and must be cheap: a flood comes through here. */
export type OnRefused = (refusal: Refusal) => void;

/** Codes by which a terminal, a card or a stranger shows. Others are everyday business. */
export const reasonOfCode: Readonly<Partial<Record<ErrorCode, RefusalReason>>> = {
  BUSY: 'busy',
  TERMINAL_SIGNATURE_INVALID: 'signature-invalid',
  TERMINAL_UNKNOWN: 'terminal-unknown',
  TERMINAL_NOT_SIGNED_IN: 'terminal-not-signed-in',
  TERMINAL_NOT_ALLOWED: 'terminal-not-allowed',
  REQUEST_REPLAYED: 'replayed',
  REQUEST_STALE: 'stale',
  CHIP_NOT_GENUINE: 'chip-not-genuine',
  PIN_WRONG: 'pin-wrong',
  PIN_LOCKED: 'pin-locked',
};
