/** What a terminal may ask within a minute. */
const CARDS_MAX = 20_000;
const QUESTIONS_MAX = 600;
const WINDOW_MS = 60_000;
/** Beyond so many terminals the windows begin anew. */
const TERMINALS_MAX = 100_000;

type Window = { readonly startedAt: number; cards: number; questions: number };

/**
 * Limits questions about invalid lists, so that nobody reads a list card by card.
 * @param now ms
 */
export function createQueryLimit(now: () => number) {
  const windows = new Map<string, Window>();
  return {
    /** @returns 0: go on; else after so many ms the terminal may ask again */
    take(terminalId: string, cards: number): number {
      const at = now();
      let window = windows.get(terminalId);
      const isOver = window === undefined || Math.abs(at - window.startedAt) >= WINDOW_MS;
      if (window === undefined || isOver) {
        if (windows.size >= TERMINALS_MAX) windows.clear();
        window = { startedAt: at, cards: 0, questions: 0 };
        windows.set(terminalId, window);
      }
      if (window.cards + cards > CARDS_MAX || window.questions >= QUESTIONS_MAX) {
        return Math.max(1, window.startedAt + WINDOW_MS - at);
      }
      window.cards += cards;
      window.questions += 1;
      return 0;
    },
  };
}
