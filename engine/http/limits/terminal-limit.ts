import type { TerminalId } from '../../base/ids/ids.ts';

export type TerminalLimit = {
  /**
   * A verified request of this terminal begins.
   * @returns ends it; undefined when the terminal has as many as it may have
   */
  enter(terminal: TerminalId): (() => void) | undefined;
};

/**
 * Counts the running requests of each terminal, so that one that sends without end takes its own share and
 * no more. Only terminals with a running request are kept.
 */
export function createTerminalLimit(requestsMax: number): TerminalLimit {
  const running = new Map<TerminalId, number>();
  return {
    enter(terminal) {
      const before = running.get(terminal) ?? 0;
      if (before >= requestsMax) return undefined;
      running.set(terminal, before + 1);
      return () => {
        const left = (running.get(terminal) ?? 1) - 1;
        if (left > 0) running.set(terminal, left);
        else running.delete(terminal);
      };
    },
  };
}
