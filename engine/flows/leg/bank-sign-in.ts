import type { BankLeg } from '../../domain/leg/bank-leg.ts';
import { isSignInWanted } from '../../domain/leg/response-codes.ts';
import type { BankOutcome, BankReversalOutcome, BankWorkKeys } from '../../ports/bank.ts';
import type { BankSignInBegin, Terminal } from '../../ports/reference.ts';
import type { FlowDeps } from '../deps.ts';

/** The MAC key that the terminal's last bank sign-in gave; the client keeps it once installed. */
export function useBankKeys(deps: FlowDeps, terminal: Terminal | undefined): void {
  if (terminal?.bankKeys === undefined) return;
  const installed = deps.bank.installKeys(terminal.bankTerminalId, terminal.bankKeys);
  if (!installed.ok) deps.log.warn('bank-keys-malformed', { terminal: terminal.id });
}

/** Between the number of a sign-in and its sending: an engine that stood still for longer may be outrun. */
const BEGIN_MS = 5_000;

/**
 * 签到 at the bank. Of two sign-ins of a terminal, by whatever engines, the one with the later number
 * counts, in the store and in the client: whoever wakes up late changes nothing.
 * @param replaces see `beginBankSignIn`
 * @returns the keys on record afterwards; undefined if the bank gave none, or was not asked
 */
export async function fetchBankKeys(
  deps: FlowDeps,
  terminal: Terminal,
  replaces?: BankSignInBegin['replaces'],
): Promise<BankWorkKeys | undefined> {
  const at = deps.clock.now();
  const keysNo = await deps.reference.beginBankSignIn(terminal.id, { at, replaces });
  if (keysNo === undefined) return undefined;
  const trace = await deps.store.nextTrace();
  if (deps.clock.now() - at > BEGIN_MS) return undefined;
  const signedIn = await deps.bank.signIn({
    terminalId: terminal.bankTerminalId,
    merchantId: terminal.bankMerchantId,
    ...trace,
    keysNo,
  });
  if (!signedIn.ok) {
    deps.log.warn('bank-sign-in-failed', { terminal: terminal.id, reason: signedIn.error.kind });
    return undefined;
  }
  return deps.reference.saveBankKeys(terminal.id, signedIn.value);
}

export type Refusal = {
  readonly leg: BankLeg;
  readonly terminal: Terminal | undefined;
  readonly outcome: BankOutcome | BankReversalOutcome | undefined;
};

/**
 * A leg that goes on until the bank has answered cannot go on under keys that bank and engine do not
 * share. When that comes to light in a second attempt (one may be a damaged message) the engine signs in
 * by itself: once the last sign-in of the terminal is over (a reservation is longer than the bank's time
 * limit), however many engines and legs there are, and only if nobody has got keys since. The PIN pad
 * gets its new key at the terminal's own next sign-in, which the bank's answer to its next sale asks for.
 * @returns whether there are new keys on record
 */
export async function renewRefusedKeys(
  deps: FlowDeps,
  { leg, terminal, outcome }: Refusal,
): Promise<boolean> {
  if (terminal === undefined || outcome === undefined) return false;
  if (leg.attempts === 0 || !isOfKeys(outcome)) return false;
  const keysNo = terminal.bankKeys?.keysNo ?? 0;
  const renewed = await fetchBankKeys(deps, terminal, {
    keysNo,
    restMs: deps.settings.reservationMs,
  });
  if (renewed === undefined) return false;
  deps.log.warn('bank-keys-renewed', { terminal: terminal.id, settlement: leg.settlementId });
  return true;
}

/** A host under other keys than ours signs its answer with them: then A0 itself comes with a wrong MAC. */
function isOfKeys(outcome: BankOutcome | BankReversalOutcome): boolean {
  switch (outcome.kind) {
    case 'answered':
      return isSignInWanted(outcome.responseCode);
    case 'declined':
      return isSignInWanted(outcome.reply.responseCode);
    case 'unknown':
      return outcome.reason === 'bad-mac';
    case 'not-sent':
      return outcome.reason === 'not-signed-in';
    case 'approved':
      return false;
  }
}
