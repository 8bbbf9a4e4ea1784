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

export function createWorkQueue(transaction: <T>(work: () => T) => T): WorkQueue {
  let jobs: Job[] = [];
  let isClosed = false;
  function drain(): void {
    const batch = jobs;
    jobs = [];
    if (isClosed) return;
    const answers = transaction(() => batch.map((job) => job()));
    for (const answer of answers) answer();
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
