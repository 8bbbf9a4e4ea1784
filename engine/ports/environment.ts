/** The time alone. */
export type Clock = {
  /** Milliseconds since the epoch. */
  now(): number;
};

/** Time, randomness and waiting, given to the flows so that a simulation can repeat them exactly. */
export type Environment = Clock & {
  randomBytes(count: number): Uint8Array;
  sleep(ms: number): Promise<void>;
};
