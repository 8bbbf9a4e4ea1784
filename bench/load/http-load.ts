import autocannon from 'autocannon';

export type Load = {
  /** "http://127.0.0.1:8080" */
  readonly url: string;
  readonly connections: number;
  /** Whole HTTP requests, ready to be written to a socket; each is sent once, in this order. */
  readonly requests: readonly Buffer[];
  /** No request is started later than this, ms; those under way are waited for. */
  readonly durationMs: number;
  /** `index`: which request it answers. */
  readonly onAnswer: (index: number, status: number, body: string) => void;
};

export type LoadResult = {
  readonly sent: number;
  readonly answered: number;
  /** Connections that failed and requests without an answer. */
  readonly errors: number;
  /** From the first request to the last answer. */
  readonly elapsedMs: number;
  /** Of every answer, ms, in order of arrival. */
  readonly latenciesMs: readonly number[];
};

/**
 * Sends prepared requests over HTTP in a closed loop: every connection sends the next one as soon as
 * its answer is there. Ends when all are sent or the time is over, never with a request under way, so
 * that what the engine has stored can be compared with what it has answered.
 */
export async function runLoad(load: Load): Promise<LoadResult> {
  const { requests, durationMs } = load;
  const latenciesMs: number[] = [];
  const startedAt = performance.now();
  let lastAnswerAt = startedAt;
  let sent = 0;
  const isOver = () => sent >= requests.length || performance.now() - startedAt >= durationMs;
  const setUpClient = (client: autocannon.Client) => {
    let current = -1;
    client.setRequests([
      {
        method: 'POST',
        onResponse: (status, body) => {
          lastAnswerAt = performance.now();
          load.onAnswer(current, status, body);
        },
      },
    ]);
    client.on('response', (_status, _bytes, latencyMs) => {
      latenciesMs.push(latencyMs);
      if (isOver()) end(client);
    });
    // autocannon would build each request anew while it measures; these are finished.
    const getRequestBuffer = () => {
      current = sent;
      const request = requests[sent];
      if (request === undefined) {
        end(client);
        return Buffer.alloc(0);
      }
      sent += 1;
      return request;
    };
    Object.assign(client, { getRequestBuffer });
  };
  const { errors } = await autocannon({
    url: load.url,
    connections: Math.min(load.connections, requests.length),
    duration: durationMs / 1000 + LATE_SECONDS,
    sampleInt: 100,
    setupClient: setUpClient,
  });
  const answered = latenciesMs.length;
  return { sent, answered, errors, elapsedMs: lastAnswerAt - startedAt, latenciesMs };
}

/** Longer than any answer may take. */
const LATE_SECONDS = 30;

/** Closes the connection instead of sending one more request. */
function end(client: autocannon.Client): void {
  Object.assign(client, { responseMax: 1 });
}
