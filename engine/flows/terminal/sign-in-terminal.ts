import { toHex } from '../../base/crypto/bytes.ts';
import { businessDateOf, isoTime } from '../../base/time/calendar.ts';
import type { Terminal } from '../../ports/reference.ts';
import type { FlowDeps } from '../deps.ts';
import type { FlowAnswer } from '../flow-answer.ts';
import { approved } from '../flow-answer.ts';
import { fetchBankKeys } from '../leg/bank-sign-in.ts';

/**
 * 签到: new session keys for the terminal (PIN key and MAC key, wrapped under its master key) and the bank's
 * key for its PIN pad, passed on unchanged. While the bank is down the last bank keys stay valid, and cash
 * settlements need none.
 */
export async function signInTerminal(deps: FlowDeps, terminal: Terminal): Promise<FlowAnswer> {
  const at = deps.environment.now();
  const session = await deps.keys.newTerminalSession(terminal.sealedMasterKey);
  const signNo = toHex(deps.environment.randomBytes(10));
  const { sealedPinKey, sealedMacKey } = session;
  const stored = { signNo, sealedPinKey, sealedMacKey, signedInAt: at };
  await deps.reference.saveTerminalSession(terminal.id, stored);
  const bankKeys = (await fetchBankKeys(deps, terminal)) ?? terminal.bankKeys;
  const document = {
    signNo,
    serverTime: isoTime(at),
    businessDate: businessDateOf(at),
    mode: deps.settings.mode,
    pinKey: session.wrappedPinKey,
    macKey: session.wrappedMacKey,
    bankPinKey: bankKeys?.pinKeyBlob ?? null,
    bankTerminalId: terminal.bankTerminalId,
    bankMerchantId: terminal.bankMerchantId,
    answerKey: {
      keyId: deps.keys.answerKeyId,
      algorithm: 'ed25519',
      publicKey: deps.keys.answerPublicKey,
    },
  };
  return { kind: 'document', ...approved, isNew: false, document };
}
