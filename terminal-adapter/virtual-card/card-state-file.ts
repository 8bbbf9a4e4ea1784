import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { CardState } from './personalisation.ts';

/**
 * What a virtual card remembered when it was last put away.
 * @returns undefined when the file is missing or holds no state of a card
 */
export function readCardState(path: string): CardState | undefined {
  try {
    const state: Partial<CardState> = JSON.parse(readFileSync(path, 'utf8'));
    const { pinTriesLeft, atc } = state;
    return Number.isInteger(pinTriesLeft) && Number.isInteger(atc)
      ? { pinTriesLeft: pinTriesLeft ?? 0, atc: atc ?? 0 }
      : undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Keeps the chip's counter and PIN tries for the next use: a real chip forgets neither. */
export function writeCardState(path: string, state: CardState): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.new`, JSON.stringify(state), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
