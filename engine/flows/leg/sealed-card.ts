import type { BankLeg } from '../../domain/leg/bank-leg.ts';
import type { BankCardReference, BankTrace } from '../../ports/bank.ts';
import type { Keys } from '../../ports/keys.ts';

/** The card's part of a bank leg, encrypted for the engine's own store: it holds the card number. */
export function sealReference(keys: Keys, reference: BankCardReference): string {
  return keys.seal(Buffer.from(JSON.stringify(reference)));
}

export function openReference(keys: Keys, leg: BankLeg): BankCardReference {
  return JSON.parse(Buffer.from(keys.open(leg.sealedReference)).toString()) as BankCardReference;
}

export function traceOf(leg: BankLeg): BankTrace {
  return {
    terminalId: leg.bankTerminalId,
    merchantId: leg.bankMerchantId,
    stan: leg.stan,
    batch: leg.batch,
  };
}
