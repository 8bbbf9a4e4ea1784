import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { systemCode } from '../../ops/startup-error.ts';
import type { OperationName } from '../bank-host/fault-plan.ts';
import { faultKinds } from '../bank-host/fault-plan.ts';

/**
 * How the command line speaks to the bank of a running sandbox: one line of JSON there, one back, over a
 * port of the loopback. Where it is and the word that opens it stand in a file that only the owner reads.
 */
export const bankOperations = [
  'sign-in',
  'sale',
  'void',
  'refund',
  'reversal',
  'any',
] as const satisfies readonly (OperationName | 'any')[];

const TIMES_MAX = 1_000_000;
const DELAY_MS_MAX = 600_000;

const closed = { additionalProperties: false } as const;

const InjectFaultRequest = Type.Object(
  {
    do: Type.Literal('inject-fault'),
    on: Type.Enum([...bankOperations]),
    kind: Type.Enum([...faultKinds]),
    /** How many requests. */
    times: Type.Integer({ minimum: 1, maximum: TIMES_MAX }),
    delayMs: Type.Integer({ minimum: 0, maximum: DELAY_MS_MAX }),
    /** Field 39 of a decline. */
    code: Type.String({ pattern: '^[0-9A-Z]{2}$' }),
  },
  closed,
);
const calm = Type.Object({ do: Type.Literal('calm') }, closed);
const balance = Type.Object(
  { do: Type.Literal('balance'), person: Type.String({ maxLength: 64 }) },
  closed,
);
const ControlRequest = Type.Union([InjectFaultRequest, calm, balance]);
const ControlMessage = Type.Object({ word: Type.String(), request: ControlRequest }, closed);
const ControlAddress = Type.Object(
  { controlPort: Type.Integer({ minimum: 1, maximum: 65_535 }), word: Type.String() },
  closed,
);

export type ControlRequest = Static<typeof ControlRequest>;
export type ControlMessage = Static<typeof ControlMessage>;
export type ControlAddress = Static<typeof ControlAddress>;

export type BankBalance = {
  /** "5000.00" */
  readonly balance: string;
  readonly status: 'active' | 'lost' | 'frozen';
  readonly pinTriesLeft: number;
};

export type ControlAnswer =
  | { readonly outcome: 'done'; readonly balance?: BankBalance }
  | {
      readonly outcome: 'refused';
      readonly reason: 'malformed' | 'not-allowed' | 'unknown-person';
    };

/** A line as a message, or undefined when it is none. */
export function readControlMessage(line: string): ControlMessage | undefined {
  return parse(line, (value) => Value.Check(ControlMessage, value));
}

/** Is this request one that the bank understands? */
export function isControlRequest(value: unknown): value is ControlRequest {
  return Value.Check(ControlRequest, value);
}

/** Where the bank of the sandbox of that folder listens; undefined when none has said so. */
export function findControl(dataDir: string): ControlAddress | undefined {
  try {
    const text = readFileSync(addressPath(dataDir), 'utf8');
    return parse(text, (value) => Value.Check(ControlAddress, value));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Makes the address known to the owner of the folder. @returns takes it back, unless another took its place */
export function announceControl(dataDir: string, address: ControlAddress): () => void {
  const path = addressPath(dataDir);
  writeFileSync(`${path}.new`, `${JSON.stringify(address)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return () => {
    if (findControl(dataDir)?.word === address.word) rmSync(path, { force: true });
  };
}

function addressPath(dataDir: string): string {
  return join(dataDir, 'sandbox.json');
}

function parse<T>(text: string, isWanted: (value: unknown) => value is T): T | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isWanted(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
