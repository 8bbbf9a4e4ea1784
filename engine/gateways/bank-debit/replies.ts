/** Turns answers into outcomes of the bank port. */

import { readChipTags } from '../../base/crypto/chip-tags.ts';
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
import { classifyCode, endsReversal } from '../../base/bank/response-codes.ts';
import type { Message } from './wire/message-spec.ts';

/** `reply`: an answer that certainly belongs to this request. */
export type ExchangeResult =
  | { readonly kind: 'reply'; readonly message: Message }
  | BankUnknown
  | BankNotSent;

/** A work key of 16 bytes with 4 bytes of check value, as hex. */
const KEY_BLOB_CHARACTERS = 40;

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
  if (keys.length !== 2 * KEY_BLOB_CHARACTERS && keys.length !== 3 * KEY_BLOB_CHARACTERS) {
    return fail({ kind: 'bad-keys' });
  }
  return ok({
    pinKeyBlob: keys.slice(0, KEY_BLOB_CHARACTERS),
    macKeyBlob: keys.slice(KEY_BLOB_CHARACTERS, 2 * KEY_BLOB_CHARACTERS),
  });
}

/** Answers to 0200 and 0220, whose approval means that money was moved. */
const moneyAnswers: ReadonlySet<Message['mti']> = new Set<Message['mti']>(['0210', '0230']);

/** Does this answer say that money was moved? */
export function isApproval({ mti, fields }: Message): boolean {
  return moneyAnswers.has(mti) && classifyCode(fields[39] ?? '') === 'approved';
}

/** An answer without a waiting request. `batch`: of the answer, or of its remembered request. */
export function toLateAnswer(message: Message, batch: number | undefined): BankLateAnswer {
  const { fields } = message;
  const { responseCode, rrn, authCode } = readReply(message);
  return {
    terminalId: fields[41] ?? '',
    merchantId: fields[42] ?? '',
    stan: Number(fields[11]),
    batch,
    amount: fen(BigInt(fields[4] ?? '0')),
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
    issuerAuthData: tags.ok ? tags.value.get('91') : undefined,
  };
}
