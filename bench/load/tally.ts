import type { HttpAnswer } from './http-sockets.ts';
import type { LatencyFigures } from './latencies.ts';
import { createLatencies } from './latencies.ts';

/** Figures of a measured part of the load; everything here can be sent between processes. */
export type LoadFigures = {
  readonly sent: number;
  readonly answered: number;
  readonly approved: number;
  /** Answers that were not an approval, by status and code. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Answers 503 and 429 without Retry-After. */
  readonly withoutRetryAfter: number;
  /** Connections that failed with a request under way. */
  readonly errors: number;
  readonly elapsedMs: number;
  /** Approvals: closed loop from sending, open loop from the moment at which they were due. */
  readonly latency: LatencyFigures;
  /** Approvals, from sending: what a closed loop would have shown. */
  readonly service: LatencyFigures;
  /** Refusals, from sending. */
  readonly refused: LatencyFigures;
  /** How late the generator itself sent. */
  readonly lag: LatencyFigures;
  /** Approvals without a bank leg, as `latency`. */
  readonly medicalOnly: LatencyFigures;
  readonly bySecond: readonly SecondFigures[];
};

export type SecondFigures = {
  readonly approved: number;
  readonly refused: number;
  readonly p50: number;
  readonly p99: number;
};

/** performance.now() of one request. */
export type AnswerTimes = {
  readonly due: number;
  readonly sent: number;
  readonly answered: number;
};

export type Tally = {
  count(answer: HttpAnswer | undefined, times: AnswerTimes, hasBankLeg: boolean): void;
  figures(sent: number): LoadFigures;
};

const APPROVED = '{"outcome":"approved"';

/** Is this answer a settlement that was posted? */
export function isApproved({ status, body }: Pick<HttpAnswer, 'status' | 'body'>): boolean {
  return status === 200 && body.startsWith(APPROVED);
}

/** Counts answers. @param startedAt performance.now() */
export function createTally(startedAt: number): Tally {
  const [latency, service, refused] = [createLatencies(), createLatencies(), createLatencies()];
  const [lag, medicalOnly] = [createLatencies(), createLatencies()];
  const refusals: Record<string, number> = {};
  const seconds: {
    approved: number;
    refused: number;
    latencies: ReturnType<typeof createLatencies>;
  }[] = [];
  let [answered, approved, withoutRetryAfter, errors, lastAt] = [0, 0, 0, 0, startedAt];
  const secondOf = (at: number) => {
    const index = Math.floor((at - startedAt) / 1000);
    for (let i = seconds.length; i <= index; i += 1) {
      seconds.push({ approved: 0, refused: 0, latencies: createLatencies(2) });
    }
    const second = seconds[index];
    if (second === undefined) throw new Error('answers come after the start');
    return second;
  };
  return {
    count(answer, times, hasBankLeg) {
      lag.record(times.sent - times.due);
      if (answer === undefined) {
        errors += 1;
        return;
      }
      answered += 1;
      lastAt = Math.max(lastAt, times.answered);
      const second = secondOf(times.answered);
      if (!isApproved(answer)) {
        second.refused += 1;
        refused.record(times.answered - times.sent);
        const kind = kindOf(answer);
        refusals[kind] = (refusals[kind] ?? 0) + 1;
        const isBusy = answer.status === 503 || answer.status === 429;
        if (isBusy && answer.retryAfter === undefined) withoutRetryAfter += 1;
        return;
      }
      approved += 1;
      second.approved += 1;
      const ms = times.answered - times.due;
      second.latencies.record(ms);
      latency.record(ms);
      service.record(times.answered - times.sent);
      if (!hasBankLeg) medicalOnly.record(ms);
    },
    figures: (sent) => ({
      ...{ sent, answered, approved, refusals, withoutRetryAfter, errors },
      elapsedMs: lastAt - startedAt,
      latency: latency.figures(),
      service: service.figures(),
      refused: refused.figures(),
      lag: lag.figures(),
      medicalOnly: medicalOnly.figures(),
      bySecond: seconds.map(({ latencies, ...counts }) => {
        const { p50, p99 } = latencies.figures();
        return { ...counts, p50, p99 };
      }),
    }),
  };
}

function kindOf({ status, body }: HttpAnswer): string {
  const code = /"code":"([A-Z_]+)"/.exec(body)?.[1] ?? '';
  return `${status} ${code}`.trim();
}
