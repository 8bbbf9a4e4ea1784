/**
 * Requests that arrive together share one durable commit. The function that a job returns runs after the
 * commit, so an answer is sent only when its posting is on disk.
 */
/** Posts within the transaction and returns the function that sends the answer. */
export type Job = () => () => void;

export type WorkQueue = {
  add(job: Job): void;
  /** Drops the jobs that have not started. */
  close(): void;
};

/** @param onFailure nothing of these jobs was posted, and nobody gets an answer: terminals ask again */
export function createWorkQueue(
  transaction: <T>(work: () => T) => T,
  onFailure: (error: unknown) => void,
): WorkQueue {
  let jobs: Job[] = [];
  let isClosed = false;
  function drain(): void {
    const batch = jobs;
    jobs = [];
    if (isClosed) return;
    for (const answer of post(batch)) answer();
  }
  function post(batch: readonly Job[]): readonly (() => void)[] {
    try {
      return transaction(() => batch.map((job) => job()));
    } catch (error) {
      onFailure(error);
      return [];
    }
  }
  return {
    add(job) {
      if (jobs.push(job) === 1) setImmediate(drain);
    },
    close() {
      isClosed = true;
    },
  };
}
