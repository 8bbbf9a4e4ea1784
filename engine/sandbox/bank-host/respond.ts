/** Turns a terminal's request into its answer and the key for the answer's MAC. */

import { oddParity } from '../../base/crypto/block-cipher.ts';
import { fromHex, toHex } from '../../base/crypto/bytes.ts';
import { hasGoodMac } from '../../gateways/bank-debit/wire/mac.ts';
import type { Message } from '../../gateways/bank-debit/wire/message-spec.ts';
import type { MacKey } from '../../ports/keys.ts';
import { answerTo } from './answer.ts';
import type { TerminalRecord, WorkKeyPair } from './books-rows.ts';
import type { OperationName } from './fault-plan.ts';
import { wrapWorkKey } from './host-keys.ts';
import type { HostContext } from './operations.ts';
import { operate } from './operations.ts';
import { reverse } from './reversals.ts';

const KEY_BYTES = 16;

/** `macKey` undefined: the answer carries no MAC. */
export type Response = { readonly answer: Message; readonly macKey: MacKey | undefined };

/**
 * A code to answer instead of deciding. `isNoted`: it is stored as the decision on a sale, void or refund.
 */
export type Refusal = { readonly code: string; readonly isNoted: boolean };

/** The operation of a message, as fault orders name it. */
export function operationOf({ mti, fields }: Message): OperationName {
  if (mti === '0400') return 'reversal';
  if (mti === '0220') return 'refund';
  if (mti === '0200') return fields[3] === '200000' ? 'void' : 'sale';
  return 'sign-in';
}

/** Answers a request and posts it if approved, in the caller's transaction. `body`: the bytes for the MAC. */
export function respond(
  context: HostContext,
  request: { readonly message: Message; readonly body: Uint8Array },
  refusal?: Refusal,
): Response {
  const { message, body } = request;
  const open = (code: string): Response => ({
    answer: answerTo(context, message, { code }),
    macKey: undefined,
  });
  if (message.mti === '0820') return open(refusal?.code ?? '00');
  if (message.mti === '0800')
    return refusal === undefined ? signIn(context, message) : open(refusal.code);
  const terminal = context.books.findTerminal(message.fields[41] ?? '');
  if (terminal === undefined) return open('77');
  const pair = workKeysOf(terminal, body);
  const macKey = macKeyOf(pair ?? terminal.current);
  const signed = (code: string): Response => ({ ...open(code), macKey });
  if (pair === undefined) return signed('A0');
  if (terminal.merchantId !== message.fields[42]) return signed('03');
  const isReversal = message.mti === '0400';
  if (refusal !== undefined && (isReversal || !refusal.isNoted)) return signed(refusal.code);
  const answer = isReversal
    ? reverse(context, message)
    : operate(context, message, pair, refusal?.code);
  return { answer, macKey };
}

/** The key pair of the last or previous sign-in under which the message's MAC is good. */
function workKeysOf(terminal: TerminalRecord, body: Uint8Array): WorkKeyPair | undefined {
  return [terminal.current, terminal.previous].find(
    (pair) => pair !== undefined && hasGoodMac(body, macKeyOf(pair)),
  );
}

const macKeyOf = ({ mak }: WorkKeyPair): MacKey => ({ algorithm: '3des', key: fromHex(mak) });

/** New work keys: the PIN key under the PIN pad's key, the MAC key under the link key. */
function signIn(context: HostContext, message: Message): Response {
  const { books, keys, clock } = context;
  const terminalId = message.fields[41] ?? '';
  const pinPadKey = keys.pinPadKeyOf(terminalId);
  if (pinPadKey === undefined) {
    return { answer: answerTo(context, message, { code: '97' }), macKey: undefined };
  }
  const pik = oddParity(clock.randomBytes(KEY_BYTES));
  const mak = oddParity(clock.randomBytes(KEY_BYTES));
  books.setWorkKeys(terminalId, message.fields[42] ?? '', { pik: toHex(pik), mak: toHex(mak) });
  const workKeys = wrapWorkKey(pinPadKey, pik) + wrapWorkKey(keys.linkKey, mak);
  return { answer: answerTo(context, message, { code: '00', workKeys }), macKey: undefined };
}
