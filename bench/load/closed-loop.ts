import autocannon from 'autocannon';
import type { HttpAnswer } from './http-sockets.ts';
import type { AnswerTimes } from './tally.ts';

export type ClosedLoop = {
  /** "http://127.0.0.1:8080" */
  readonly url: string;
  readonly connections: number;
  /** Whole HTTP requests, ready to be written to a socket; each is sent once, in this order. */
  readonly requests: readonly Buffer[];
  /** No request is started later than this, ms; those under way are waited for. */
  readonly durationMs: number;
  /** `index`: which request it answers. */
  readonly onAnswer: (index: number, answer: HttpAnswer, times: AnswerTimes) => void;
};

export type ClosedLoopResult = {
  readonly sent: number;
  readonly answered: number;
  /** Connections that failed and requests without an answer. */
  readonly errors: number;
};

/**
 * Sends prepared requests over HTTP in a closed loop: every connection sends the next one as soon as
 * its answer is there. Ends when all are sent or the time is over, never with a request under way, so
 * that what the engine has stored can be compared with what it has answered.
 */
export async function runClosedLoop(load: ClosedLoop): Promise<ClosedLoopResult> {
  const { requests, durationMs } = load;
  let answered = 0;
  const startedAt = performance.now();
  let sent = 0;
  const isOver = () => sent >= requests.length || performance.now() - startedAt >= durationMs;
  const setUpClient = (client: autocannon.Client) => {
    let current = -1;
    let sentAt = startedAt;
    client.setRequests([
      {
        method: 'POST',
        onResponse: (status, body) => {
          const times = { due: sentAt, sent: sentAt, answered: performance.now() };
          load.onAnswer(current, { status, body, retryAfter: undefined }, times);
        },
      },
    ]);
    client.on('response', () => {
      answered += 1;
      if (isOver()) end(client);
    });
    // autocannon would build each request while it measures; these are built already.
    const getRequestBuffer = () => {
      current = sent;
      const request = requests[sent];
      if (request === undefined) {
        end(client);
        return Buffer.alloc(0);
      }
      sent += 1;
      sentAt = performance.now();
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
  return { sent, answered, errors };
}

/** Longer than any answer may take. */
const LATE_SECONDS = 30;

/** Closes the connection instead of sending one more request. */
function end(client: autocannon.Client): void {
  Object.assign(client, { responseMax: 1 });
}
