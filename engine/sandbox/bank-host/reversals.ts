/**
 * Reversal at the issuer. It may arrive twice, or before its original: then it stores a tombstone, and the
 * original is refused when it arrives.
 */
import { fen, ZERO } from '../../base/money/fen.ts';
import type { Message } from '../../gateways/bank-debit/wire/message-spec.ts';
import { answerTo } from './answer.ts';
import type { Operation } from './books-rows.ts';
import type { HostContext } from './operations.ts';
import { amountIn, merchantAccount, readTrace } from './operations.ts';

/**
 * Decides a 0400 with a good MAC: 00 reversed (now or before), 12 nothing was posted or it is voided, 25 no
 * such original, 64 other amount or card than the original, 22 partly refunded, 51 (void) the balance is
 * too low.
 */
export function reverse(context: HostContext, message: Message): Message {
  const original = context.books.findOperation(readTrace(message));
  if (original === undefined) {
    const answer = answerTo(context, message, { code: '25' });
    context.books.addOperation(tombstone(message, answer));
    return answer;
  }
  return answerTo(context, message, { code: reverseOriginal(context, message, original) });
}

function tombstone(message: Message, answer: Message): Operation {
  const trace = readTrace(message);
  return {
    ...trace,
    kind: 'tombstone',
    state: 'reversed',
    merchantId: message.fields[42] ?? '',
    pan: message.fields[2] ?? '',
    amount: fen(0n),
    refunded: fen(0n),
    rrn: answer.fields[37] ?? '',
    sale: { batch: trace.batch, stan: trace.stan },
    answer: answer.fields,
  };
}

function reverseOriginal({ books }: HostContext, message: Message, original: Operation): string {
  if (original.kind === 'tombstone') return '25';
  if (original.kind === 'refund') return '40';
  if (original.amount !== amountIn(message) || original.pan !== message.fields[2]) return '64';
  if (original.state === 'reversed') return '00';
  if (original.state !== 'approved') return '12';
  if (original.refunded > ZERO) return '22';
  const customer = books.accountOfCard(original.pan);
  const merchant = merchantAccount(original.merchantId);
  const { amount, terminalId, sale } = original;
  if (original.kind === 'sale') {
    books.post({ from: merchant, to: customer, amount, terminalId, sale });
  } else {
    if (books.balanceOf(customer) < amount) return '51';
    books.post({ from: customer, to: merchant, amount, terminalId, sale });
    books.setState({ terminalId, ...sale }, 'approved');
  }
  books.setState(original, 'reversed');
  return '00';
}
