// Goal: the page says how long requests take, what was refused, and which release runs.
import { afterEach, expect, test } from 'vitest';

import { createMetrics, type Metrics } from '../../../../engine/ops/metrics.ts';
import { version } from '../../../../engine/ops/version.ts';

let metrics: Metrics | undefined;
afterEach(() => metrics?.close());

test('latency by operation, refusals by reason, release and process', async () => {
  metrics = createMetrics({
    isSandbox: true,
    backlog: async () => ({ open: 0, byState: [], oldestAgeMs: 0 }),
    load: () => ({ queued: 0, pool: { open: 1, idle: 1, waiting: 0 } }),
    packs: () => 1,
    lists: () => [{ level: 'city', region: '441900', ageMs: 5_000 }],
  });
  metrics.requestMeasured({ operation: 'settle', status: 200, ms: 40 });
  metrics.requestMeasured({ operation: 'settle', status: 503, ms: 1 });
  metrics.requestRefused('stale');
  const page = await metrics.page();
  expect(page).toContain('yikatong_requests_total{operation="settle",status="200"} 1');
  expect(page).toContain('yikatong_requests_total{operation="settle",status="503"} 1');
  expect(page).toContain('yikatong_request_seconds_bucket{le="0.05",operation="settle"} 2');
  expect(page).toContain('yikatong_request_seconds_bucket{le="0.02",operation="settle"} 1');
  expect(page).toContain('yikatong_refusals_total{reason="stale"} 1');
  expect(page).toContain(`yikatong_build_info{version="${version}",node="${process.version}"} 1`);
  expect(page).toMatch(/^process_resident_memory_bytes \d+/m);
});
