import type { BankLeg } from '../../domain/leg/bank-leg.ts';
import { isSignInWanted } from '../../domain/leg/response-codes.ts';
import type { BankOutcome, BankReversalOutcome, BankWorkKeys } from '../../ports/bank.ts';
import type { BankSignInBegin, Terminal } from '../../ports/reference.ts';
import type { FlowDeps } from '../deps.ts';

/** Gives the bank client the MAC key of the terminal's last bank sign-in; without it nothing is sent. */
export async function installBankKeys(
  deps: FlowDeps,
  terminal: Terminal | undefined,
): Promise<void> {
  if (terminal?.bankKeys === undefined) return;
  const installed = await deps.bank.installKeys(terminal.bankTerminalId, terminal.bankKeys);
  if (installed.ok) return;
  const rejected = { terminal: terminal.id, reason: installed.error };
  deps.log.warn('bank-keys-rejected', rejected);
}

/** Time limit from reserving a sign-in number to sending it, ms: later, another engine may have signed in. */
const BEGIN_MAX_MS = 5_000;

/**
 * 签到 at the bank. Of two sign-ins of a terminal, by any engines, the one with the higher number counts in the
 * store and in the client, so a delayed one changes nothing.
 * @param replaces see `beginBankSignIn`
 * @returns the keys stored afterwards; undefined if the bank gave none or was not asked
 */
export async function fetchBankKeys(
  deps: FlowDeps,
  terminal: Terminal,
  replaces?: BankSignInBegin['replaces'],
): Promise<BankWorkKeys | undefined> {
  const at = deps.environment.now();
  const keysNo = await deps.reference.beginBankSignIn(terminal.id, { at, replaces });
  if (keysNo === undefined) return undefined;
  const trace = await deps.store.nextTrace();
  if (deps.environment.now() - at > BEGIN_MAX_MS) return undefined;
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

/** A leg after an attempt, with the bank's outcome. */
export type AttemptedLeg = {
  readonly leg: BankLeg;
  readonly terminal: Terminal | undefined;
  readonly outcome: BankOutcome | BankReversalOutcome | undefined;
};

/**
 * Signs in at the bank when an outcome shows that bank and engine do not share keys: otherwise a leg that
 * is repeated until the bank answers would never end. Only after a second attempt, since one failure may be
 * a damaged message. At most one sign-in of a terminal per reservation time, over all engines and legs, and
 * only if the keys have not changed since. The PIN pad gets its new key at the terminal's next sign-in,
 * which the bank's answer to its next debit demands.
 * @returns whether new keys are stored
 */
export async function renewRefusedKeys(
  deps: FlowDeps,
  { leg, terminal, outcome }: AttemptedLeg,
): Promise<boolean> {
  if (terminal === undefined || outcome === undefined) return false;
  if (leg.attempts === 0 || !isKeyMismatch(outcome)) return false;
  const keysNo = terminal.bankKeys?.keysNo ?? 0;
  const renewed = await fetchBankKeys(deps, terminal, {
    keysNo,
    restMs: deps.settings.reservationMs,
  });
  if (renewed === undefined) return false;
  deps.log.warn('bank-keys-renewed', { terminal: terminal.id, settlement: leg.settlementId });
  return true;
}

/** A host with other keys signs its answer with them, so its refusal A0 itself arrives with a wrong MAC. */
function isKeyMismatch(outcome: BankOutcome | BankReversalOutcome): boolean {
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
