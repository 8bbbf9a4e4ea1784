/** Turns answers into outcomes of the bank port. */

import { classifyCode, endsReversal } from '../../base/bank/response-codes.ts';
import { readAtc, readChipTags } from '../../base/crypto/chip-tags.ts';
import type { Result } from '../../base/errors/result.ts';
import { fail, ok } from '../../base/errors/result.ts';
import { fen } from '../../base/money/fen.ts';
import type {
  BankLateAnswer,
  BankNotSent,
  BankOutcome,
  BankReply,
  BankReversalOutcome,
  BankSignInFailure,
  BankUnknown,
  BankWorkKeys,
} from '../../ports/bank.ts';
import type { Message } from './wire/message-spec.ts';

/** `reply`: an answer that certainly belongs to this request. */
export type ExchangeResult =
  | { readonly kind: 'reply'; readonly message: Message }
  | BankUnknown
  | BankNotSent;

/**
 * Length of field 62 (hex) → characters of one work key with its check value. A key has 16 bytes and a check
 * value of 4, or of 3; 56 bytes leave the check value of the third key out.
 */
const keyCharacters: { readonly [length: number]: number } = {
  ...{ 80: 40, 112: 40, 120: 40 },
  ...{ 76: 38, 114: 38 },
};

/** The outcome of a sale, void or refund. */
export function readOutcome(answer: ExchangeResult): BankOutcome {
  if (answer.kind !== 'reply') return answer;
  const reply = readReply(answer.message);
  const verdict = classifyCode(reply.responseCode);
  if (verdict !== 'unsure') return { kind: verdict, reply };
  return { kind: 'unknown', reason: 'host-unsure', responseCode: reply.responseCode };
}

/** The outcome of a reversal. */
export function readReversalOutcome(answer: ExchangeResult): BankReversalOutcome {
  if (answer.kind !== 'reply') return answer;
  const responseCode = answer.message.fields[39] ?? '';
  return { kind: 'answered', responseCode, final: endsReversal(responseCode) };
}

/** The key blobs of a sign-in answer: PIN key, then MAC key; a third, for track data, is not used. */
export function readWorkKeys(
  answer: ExchangeResult,
): Result<Omit<BankWorkKeys, 'keysNo'>, BankSignInFailure> {
  if (answer.kind !== 'reply') return fail(answer);
  const responseCode = answer.message.fields[39] ?? '';
  if (classifyCode(responseCode) !== 'approved') return fail({ kind: 'declined', responseCode });
  const keys = answer.message.fields[62] ?? '';
  const each = keyCharacters[keys.length];
  if (each === undefined) return fail({ kind: 'bad-keys' });
  return ok({ pinKeyBlob: keys.slice(0, each), macKeyBlob: keys.slice(each, 2 * each) });
}

/** Answers to 0200 and 0220, whose approval means that money was moved. */
const moneyAnswers: ReadonlySet<Message['mti']> = new Set<Message['mti']>(['0210', '0230']);

/** Does this answer say that money was moved? */
export function isApproval({ mti, fields }: Message): boolean {
  return moneyAnswers.has(mti) && classifyCode(fields[39] ?? '') === 'approved';
}

/** What a late answer and its remembered request say; `hasMerchant`: field 42 is the request's. */
type LateEcho = {
  readonly amount: string | undefined;
  readonly batch: number | undefined;
  readonly hasMerchant: boolean;
};

/** An answer without a waiting request. */
export function toLateAnswer(
  message: Message,
  { amount, batch, hasMerchant }: LateEcho,
): BankLateAnswer {
  const { fields } = message;
  const { responseCode, rrn, authCode } = readReply(message);
  return {
    terminalId: fields[41] ?? '',
    merchantId: hasMerchant ? (fields[42] ?? '') : undefined,
    stan: Number(fields[11]),
    batch,
    amount: amount === undefined ? undefined : fen(BigInt(amount === '' ? '0' : amount)),
    responseCode,
    isApproval: isApproval(message),
    rrn,
    authCode,
  };
}

function readReply({ fields }: Message): BankReply {
  const tags = readChipTags(fields[55] ?? '');
  return {
    responseCode: fields[39] ?? '',
    rrn: fields[37] ?? '',
    authCode: fields[38],
    hostTime: fields[12] ?? '',
    hostDate: fields[13] ?? '',
    atc: readAtc(fields[55] ?? ''),
    issuerAuthData: tags.ok ? tags.value.get('91') : undefined,
  };
}
