import { parseArgs } from 'node:util';

/** What a benchmark run was asked to do. */
export type BenchOptions = {
  /** Length of each measured part, s. */
  readonly seconds: number;
  readonly rounds: number;
  /** HTTP connections of the load, each with one request under way. */
  readonly connections: number;
  /** Client counts of pgbench; the best one counts. */
  readonly clients: readonly number[];
  readonly persons: number;
  /** Where every raw figure goes. */
  readonly json: string | undefined;
  /** A server of one's own; two databases are made on it and dropped again. */
  readonly databaseUrl: string | undefined;
  /** Folder for CPU profiles of the engine's processes. */
  readonly profile: string | undefined;
};

/** A challenge lives 60 s, and part of that goes into the preparation of the requests. */
const SECONDS_MAX = 20;
/** A person's next sale must not start before the last one is answered, so people outnumber requests. */
const PERSONS_MIN = 2_000;

/**
 * Reads the command line.
 * @throws Error with one line for an option that is unknown or has a value that is not allowed
 */
export function readBenchOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '10' },
      rounds: { type: 'string', default: '3' },
      connections: { type: 'string', default: '64' },
      clients: { type: 'string', default: '8,16,32' },
      persons: { type: 'string', default: '20000' },
      json: { type: 'string' },
      'database-url': { type: 'string' },
      profile: { type: 'string' },
    },
  });
  return {
    seconds: whole('--seconds', values.seconds, [1, SECONDS_MAX]),
    rounds: whole('--rounds', values.rounds, [1, 100]),
    connections: whole('--connections', values.connections, [1, 1_000]),
    clients: values.clients.split(',').map((text) => whole('--clients', text, [1, 200])),
    persons: whole('--persons', values.persons, [PERSONS_MIN, 1_000_000]),
    json: values.json,
    databaseUrl: values['database-url'],
    profile: values.profile,
  };
}

function whole(name: string, text: string, [min, max]: readonly [number, number]): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new Error(`${name} takes whole numbers from ${min} to ${max}, not "${text}"`);
}
