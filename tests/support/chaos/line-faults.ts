import type { FaultRates } from '../../../engine/sandbox/bank-host/fault-plan.ts';
import type { ProxyFaults } from '../network/fault-proxy.ts';

/** Which line of the deployment a proxy stands in. */
export type Line = 'terminals' | 'bank' | 'database';

/** Nothing that goes wrong lasts longer, ms; far below what production may bring. */
const HOLE_MS = 2_500;

/** The same faults in both directions; chances are for one chunk or one frame. */
const lineFaults: Readonly<Record<Line, ProxyFaults>> = {
  terminals: inBothDirections({
    jitterMs: 2,
    holeMs: HOLE_MS,
    rates: { cut: 0.002, reset: 0.002, 'half-close': 0.001, 'black-hole': 0.0005, drip: 0.005 },
  }),
  bank: inBothDirections({
    jitterMs: 2,
    holeMs: HOLE_MS,
    rates: {
      ...{ drop: 0.005, duplicate: 0.01, reorder: 0.02, drip: 0.01 },
      ...{ cut: 0.003, reset: 0.003, 'half-close': 0.002, 'black-hole': 0.001 },
    },
  }),
  // A database's protocol has no frames that could be lost one by one: TCP sees to that.
  database: inBothDirections({
    jitterMs: 1,
    holeMs: HOLE_MS,
    rates: { cut: 0.0005, reset: 0.0005, 'half-close': 0.0003, 'black-hole': 0.0002, drip: 0.002 },
  }),
};

/** What a line does wrong while line faults are on. */
export function lineFaultsOf(line: Line): ProxyFaults {
  return lineFaults[line];
}

/** The bank host's own bad days. */
export const bankMood: FaultRates = {
  'silent-before-posting': 0.01,
  'silent-after-posting': 0.01,
  late: 0.01,
  slow: 0.01,
  duplicate: 0.01,
  'bad-mac': 0.005,
  'wrong-amount': 0.003,
  'wrong-stan': 0.003,
  'drop-connection': 0.005,
  decline: 0.02,
};

function inBothDirections(oneWay: NonNullable<ProxyFaults['up']>): ProxyFaults {
  return { up: oneWay, down: oneWay };
}
