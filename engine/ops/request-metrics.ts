import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { version } from './version.ts';

export type RequestMetrics = {
  /** Counts an answered request of a known route; `ms` from its last byte to its answer. */
  requestMeasured(request: {
    readonly operation: string;
    readonly status: number;
    readonly ms: number;
  }): void;
  /** @param reason one of a closed list */
  requestRefused(reason: string): void;
};

/** Metrics of the HTTP surface. Labels come from routes and closed lists, never from a request. */
export function createRequestMetrics(registers: Registry[]): RequestMetrics {
  const requests = new Counter({
    name: 'yikatong_requests_total',
    help: 'Signed requests answered, by operation and HTTP status',
    labelNames: ['operation', 'status'],
    registers,
  });
  const seconds = new Histogram({
    name: 'yikatong_request_seconds',
    help: 'Time from the last byte of a request to its answer, the wait for a place included',
    labelNames: ['operation'],
    buckets: [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30],
    registers,
  });
  const refusals = new Counter({
    name: 'yikatong_refusals_total',
    help: 'Requests refused for their sender, terminal or card, by reason',
    labelNames: ['reason'],
    registers,
  });
  const build = new Gauge({
    name: 'yikatong_build_info',
    help: '1; the labels say which release runs on which Node',
    labelNames: ['version', 'node'],
    registers,
  });
  build.set({ version, node: process.version }, 1);
  return {
    requestMeasured({ operation, status, ms }) {
      requests.inc({ operation, status });
      seconds.observe({ operation }, ms / 1_000);
    },
    requestRefused: (reason) => refusals.inc({ reason }),
  };
}
