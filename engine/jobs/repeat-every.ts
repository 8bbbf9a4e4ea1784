/**
 * Repeats `work` with a pause of `everyMs` after each run; two runs never overlap. `onFailure` is called when
 * a run fails, and the next run follows as usual.
 * @returns stops the repetition; resolves when the current run has ended
 */
export function repeatEvery(
  everyMs: number,
  work: () => Promise<void>,
  onFailure: (error: unknown) => void,
): () => Promise<void> {
  let isStopped = false;
  let timer: NodeJS.Timeout | undefined;
  let working = Promise.resolve();
  const turn = (): void => {
    working = work()
      .catch(onFailure)
      .finally(() => {
        if (!isStopped) timer = setTimeout(turn, everyMs);
      });
  };
  turn();
  return async () => {
    isStopped = true;
    clearTimeout(timer);
    await working;
  };
}
