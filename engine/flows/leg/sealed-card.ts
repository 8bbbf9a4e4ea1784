import type { BankLeg } from '../../domain/leg/bank-leg.ts';
import type { BankCardReference, BankTrace } from '../../ports/bank.ts';
import type { Keys } from '../../ports/keys.ts';

/** Encrypts the card data of a bank leg, which include the card number, for the engine's store. */
export function sealCard(keys: Keys, reference: BankCardReference): string {
  return keys.seal(Buffer.from(JSON.stringify(reference)));
}

/** Inverse of `sealCard`. */
export function openCard(keys: Keys, leg: BankLeg): BankCardReference {
  return JSON.parse(Buffer.from(keys.open(leg.sealedReference)).toString()) as BankCardReference;
}

/** The leg's trace as the bank port takes it. */
export function bankTrace(leg: BankLeg): BankTrace {
  return {
    terminalId: leg.bankTerminalId,
    merchantId: leg.bankMerchantId,
    stan: leg.stan,
    batch: leg.batch,
  };
}
