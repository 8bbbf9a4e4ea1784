/** Composition of the bank link: the gateway's client, and a count of the debits that wait for the bank. */
import type { Logger } from 'pino';
import { createBankClient } from '../gateways/bank-debit/client.ts';
import type { Config } from '../ops/config.ts';
import type { Bank, BankLateAnswer } from '../ports/bank.ts';
import type { BankLinkKeys } from '../ports/keys.ts';

/** TPDU and header of the bank's front end (hex), as its sample messages carry them. */
const bankEnvelope = { tpdu: '6000030000', header: '603100310100' };

export type BankConnection = {
  readonly keys: BankLinkKeys;
  /** Port of the sandbox's bank, used when the configuration names no bank. */
  readonly sandboxPort: number;
  readonly onLateAnswer: (answer: BankLateAnswer) => void;
};

/** Connects to the bank of the configuration. */
export function connectBank(
  config: Config,
  logger: Logger,
  { keys, sandboxPort, onLateAnswer }: BankConnection,
): Bank {
  return createBankClient({
    host: config.bankHost ?? '127.0.0.1',
    port: config.bankPort ?? sandboxPort,
    ...bankEnvelope,
    timeoutMs: config.bankTimeoutMs,
    answerForm: {
      merchant: config.bankAnswerMerchant,
      amount: config.bankAnswerAmount,
    },
    keys,
    log: {
      info: (data, text) => logger.debug(data, text),
      warn: (data, text) => logger.warn(data, text),
    },
    onLateAnswer,
  });
}

/** Counts the debits that wait for the bank: meanwhile they use no capacity of the engine. */
export function countDebits(bank: Bank): {
  readonly bank: Bank;
  readonly debitsAtBank: () => number;
} {
  let waiting = 0;
  const sale: Bank['sale'] = async (given) => {
    waiting += 1;
    try {
      return await bank.sale(given);
    } finally {
      waiting -= 1;
    }
  };
  return { bank: { ...bank, sale }, debitsAtBank: () => waiting };
}
