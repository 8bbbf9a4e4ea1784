import { expect, test } from 'vitest';
import { readLatencies, readPgbench } from '../../../../bench/load/pgbench.ts';

const report = `pgbench (15.18 (Debian 15.18-0+deb12u1), server 18.4)
transaction type: <builtin: TPC-B (sort of)>
scaling factor: 20
query mode: prepared
number of clients: 8
number of threads: 2
maximum number of tries: 1
duration: 3 s
number of transactions actually processed: 4991
number of failed transactions: 0 (0.000%)
latency average = 4.772 ms
initial connection time = 24.513 ms
tps = 1676.302011 (without initial connection time)
`;

test('reads transactions a second and latency from a report', () => {
  expect(readPgbench(report)).toEqual({ tps: 1676.302011, latencyMs: 4.772 });
});

test('a report with failed transactions, or without a figure, is no measurement', () => {
  expect(() => readPgbench(report.replace('transactions: 0', 'transactions: 3'))).toThrow();
  expect(() => readPgbench('')).toThrow('no figure');
});

test('reads each transaction’s latency from a log', () => {
  const log = '0 1 287 0 1795342101 481004\n0 2 1043 0 1795342101 482051\n';
  expect(readLatencies(log)).toEqual([0.287, 1.043]);
});
