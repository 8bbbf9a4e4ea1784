import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { isApprovalCode } from '../../base/bank/response-codes.ts';
import { systemCode } from '../../ops/startup-error.ts';
import type { OperationName } from '../bank-host/fault-plan.ts';
import { faultKinds } from '../bank-host/fault-plan.ts';

/**
 * The protocol between the command line and the bank of a running sandbox: one line of JSON each way, over
 * a port of the loopback. Port and secret token are in a file that only its owner can read.
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
    /** Number of requests. */
    times: Type.Integer({ minimum: 1, maximum: TIMES_MAX }),
    delayMs: Type.Integer({ minimum: 0, maximum: DELAY_MS_MAX }),
    /** Field 39 of a decline, or of an approval for `approve-with`. */
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
const ControlMessage = Type.Object({ token: Type.String(), request: ControlRequest }, closed);
const ControlAddress = Type.Object(
  { controlPort: Type.Integer({ minimum: 1, maximum: 65_535 }), token: Type.String() },
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

/** Parses a line; undefined when it is no message. */
export function readControlMessage(line: string): ControlMessage | undefined {
  const message = parse(line, (value) => Value.Check(ControlMessage, value));
  return message !== undefined && isControlRequest(message.request) ? message : undefined;
}

/** Is this a valid request? A host that approves with a decline's code, or the other way, does not exist. */
export function isControlRequest(value: unknown): value is ControlRequest {
  if (!Value.Check(ControlRequest, value)) return false;
  if (value.do !== 'inject-fault') return true;
  return isApprovalCode(value.code) === (value.kind === 'approve-with');
}

/** The address of the sandbox's bank on this folder; undefined when there is none. */
export function findControl(dataDir: string): ControlAddress | undefined {
  try {
    const text = readFileSync(addressPath(dataDir), 'utf8');
    return parse(text, (value) => Value.Check(ControlAddress, value));
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Writes the address file. @returns removes it, unless another sandbox has replaced it */
export function announceControl(dataDir: string, address: ControlAddress): () => void {
  const path = addressPath(dataDir);
  writeFileSync(`${path}.new`, `${JSON.stringify(address)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
  return () => {
    if (findControl(dataDir)?.token === address.token) rmSync(path, { force: true });
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
