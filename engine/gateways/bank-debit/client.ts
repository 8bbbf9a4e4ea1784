/** The bank port over the UnionPay POS interface: one permanent connection, many requests in flight. */
import { fail, ok } from '../../base/errors/result.ts';
import type { Bank, BankNotSent } from '../../ports/bank.ts';
import type { BankLinkKeys } from '../../ports/keys.ts';
import type { ExchangeOptions } from './exchange.ts';
import { createExchange } from './exchange.ts';
import { createMacKeys } from './mac-keys.ts';
import { standardAnswers } from './matching.ts';
import type { ExchangeResult } from './replies.ts';
import { readOutcome, readReversalOutcome, readWorkKeys } from './replies.ts';
import {
  createCardReference,
  refundMessage,
  reversalMessage,
  saleMessage,
  signInMessage,
  voidMessage,
} from './requests.ts';
import { encode } from './wire/codec.ts';
import type { Message } from './wire/message-spec.ts';

const CONNECT_TIMEOUT_MS = 2_000;
const IN_FLIGHT_MAX = 1_000;

export type BankClientOptions = Omit<
  ExchangeOptions,
  'currentMacKey' | 'connectTimeoutMs' | 'inFlightMax' | 'answerForm'
> &
  Partial<Pick<ExchangeOptions, 'connectTimeoutMs' | 'inFlightMax' | 'answerForm'>> & {
    readonly keys: BankLinkKeys;
  };

const notSignedIn: BankNotSent = { kind: 'not-sent', reason: 'not-signed-in' };

/** Connects to the bank host and stays connected. `timeoutMs`: time limit of each request. */
export function createBankClient(options: BankClientOptions): Bank {
  const macKeys = createMacKeys(options.keys);
  const exchange = createExchange({
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    inFlightMax: IN_FLIGHT_MAX,
    answerForm: standardAnswers,
    ...options,
    currentMacKey: macKeys.of,
  });

  async function ask(terminalId: string, message: Message): Promise<ExchangeResult> {
    const macKey = macKeys.of(terminalId);
    return macKey === undefined ? notSignedIn : exchange.ask(message, macKey);
  }

  return {
    async signIn({ keysNo, ...trace }) {
      const blobs = readWorkKeys(await exchange.ask(signInMessage(trace), undefined));
      if (!blobs.ok) return blobs;
      const keys = { ...blobs.value, keysNo };
      const installed = await macKeys.install(trace.terminalId, keys);
      if (installed.ok) return ok(keys);
      return fail({ kind: installed.error === 'malformed' ? 'bad-keys' : installed.error });
    },
    installKeys: macKeys.install,
    referenceOf(sale) {
      return encode(saleMessage(sale)).ok ? createCardReference(sale) : fail('malformed');
    },
    async sale(sale) {
      return readOutcome(await ask(sale.terminalId, saleMessage(sale)));
    },
    async void(request) {
      return readOutcome(await ask(request.terminalId, voidMessage(request)));
    },
    async refund(request) {
      return readOutcome(await ask(request.terminalId, refundMessage(request)));
    },
    async reverse(request) {
      return readReversalOutcome(await ask(request.terminalId, reversalMessage(request)));
    },
    async close() {
      await exchange.close();
      macKeys.close();
    },
  };
}
