/**
 * Does something again and again, `everyMs` after it was last done; never two at once. A failure is told
 * and changes nothing.
 * @returns stops it; resolves when what is under way is done
 */
export function repeatEvery(
  everyMs: number,
  work: () => Promise<void>,
  onFailure: () => void,
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
