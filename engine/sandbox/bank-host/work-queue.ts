/**
 * Requests that arrive together share one durable commit; an idle host commits each at once. What a
 * job returns runs after the commit, so no answer leaves before its posting is on disk.
 */
/** The job posts in the transaction; the function that it returns answers. */
export type Job = () => () => void;

export type WorkQueue = {
  add(job: Job): void;
  /** Forgets what has not been started. */
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
