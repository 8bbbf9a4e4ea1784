/**
 * The sandbox's bank as an external host: its own process, keys and books. Argument: a file with its order.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fen } from '../../../engine/base/money/fen.ts';
import { createBankHost } from '../../../engine/sandbox/bank-host/bank-host.ts';
import { bankHostKeys } from '../../../engine/sandbox/keys/sandbox-keys.ts';

/** `balance` is a text of fen. */
export type BankOrder = {
  readonly keyFolder: string;
  readonly store: string;
  readonly bankTerminalId: string;
  readonly card: { readonly balance: string } & Readonly<Record<string, string>>;
};

const [path = ''] = process.argv.slice(2);
const { keyFolder, store, bankTerminalId, card } = JSON.parse(
  readFileSync(path, 'utf8'),
) as BankOrder;
const { pan = '', panSequence = '', expiry = '', pin = '', balance } = card;
const host = await createBankHost({
  ...{ store, port: 0, keys: bankHostKeys(keyFolder, [bankTerminalId]) },
  cards: [{ kind: 'debit', pan, panSequence, expiry, pin, balance: fen(BigInt(balance)) }],
  clock: { now: () => Date.now(), randomBytes: (count) => randomBytes(count) },
});
process.stdout.write(`port ${host.port}\n`);
