/** Why a request was refused before anything was done for it. A closed list: senders cannot add to it. */
export type RefusalReason =
  /** The load limiter had no room. */
  | 'busy'
  /** The terminal has as many requests running as one may have. */
  | 'busy-terminal'
  /** The memory of nonces was full. */
  | 'busy-nonces'
  /** The sender had more unfinished requests than its address may have; the oldest was cut off. */
  | 'half-sent';

export type Refusal = {
  readonly reason: RefusalReason;
  /** The terminal on record that the request names; its signature may be wrong. */
  readonly terminalId?: string;
  /** Network address of the sender. */
  readonly address?: string | undefined;
};

/** Told of every refusal. Must not throw, and must be cheap: a flood comes through here. */
export type OnRefused = (refusal: Refusal) => void;
