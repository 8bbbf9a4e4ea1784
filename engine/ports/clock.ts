/** Time and chance, so that flows can be played again exactly. */
export type Clock = {
  /** ms since the epoch. */
  now(): number;
  randomBytes(count: number): Uint8Array;
  sleep(ms: number): Promise<void>;
};
