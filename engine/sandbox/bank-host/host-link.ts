/** A terminal's connection at the host: reads frames, sends answers, injects faults. */
import type { Socket } from 'node:net';
import { invariant } from '../../base/errors/result.ts';
import { decode, encode } from '../../gateways/bank-debit/wire/codec.ts';
import { describe } from '../../gateways/bank-debit/wire/describe.ts';
import type { Frame } from '../../gateways/bank-debit/wire/framer.ts';
import { createFrameReader, writeFrame } from '../../gateways/bank-debit/wire/framer.ts';
import { encodeWithMac } from '../../gateways/bank-debit/wire/mac.ts';
import type { Message } from '../../gateways/bank-debit/wire/message-spec.ts';
import { missingField } from '../../gateways/bank-debit/wire/message-spec.ts';
import { isAnswered } from './answer.ts';
import type { Fault, FaultPlan } from './fault-plan.ts';
import type { HostContext } from './operations.ts';
import { isDecision } from './operations.ts';
import type { Refusal, Response } from './respond.ts';
import { operationOf, respond } from './respond.ts';
import type { WorkQueue } from './work-queue.ts';

type Host = {
  readonly context: HostContext;
  readonly faults: FaultPlan;
  readonly queue: WorkQueue;
  readonly log: (line: string) => void;
  /** Called for each complete request. */
  readonly onRequest: () => void;
};
type Request = { readonly frame: Frame; readonly message: Message };

/** Reads requests until the connection ends; incomplete messages are logged and dropped. */
export function serveTerminal(socket: Socket, host: Host): void {
  const read = createFrameReader();
  socket.on('data', (chunk) => {
    const { frames, error } = read(chunk);
    for (const frame of frames) accept(socket, host, frame);
    if (error === undefined) return;
    host.log(`connection closed: ${error}`);
    socket.destroy();
  });
  // The terminal handles a broken connection; without a listener the error would end the host.
  socket.on('error', () => undefined);
}

function accept(socket: Socket, host: Host, frame: Frame): void {
  const decoded = decode(frame.body);
  if (!decoded.ok) {
    host.log(`message dropped: field ${decoded.error.field} ${decoded.error.reason}`);
    return;
  }
  const message = decoded.value;
  host.log(`in  ${describe(message)}`);
  if (!isAnswered(message.mti) || missingField(message) !== undefined) return;
  host.onRequest();
  const fault = host.faults.nextFault(operationOf(message));
  if (fault?.kind === 'silent-before-posting') return;
  const enqueue = (): void =>
    host.queue.add(() => processRequest(socket, host, { frame, message }, fault));
  if (fault?.kind === 'slow') setTimeout(enqueue, fault.delayMs).unref();
  else enqueue();
}

/** Decides and posts. @returns the function that answers, or does what the fault says instead */
function processRequest(
  socket: Socket,
  host: Host,
  request: Request,
  fault: Fault | undefined,
): () => void {
  const { message, frame } = request;
  const approvalCode = fault?.kind === 'approve-with' ? fault.code : undefined;
  const context = { ...host.context, approvalCode };
  const response = respond(context, { message, body: frame.body }, refusalOf(fault));
  const send = (): void => {
    if (!socket.writable) return;
    host.log(`out ${describe(response.answer)}`);
    socket.write(answerFrame(frame, response, fault));
  };
  switch (fault?.kind) {
    case 'silent-after-posting':
      return () => undefined;
    case 'drop-connection':
      return () => socket.destroy();
    case 'late':
      return () => setTimeout(send, fault.delayMs).unref();
    case 'duplicate':
      return () => {
        send();
        send();
      };
    default:
      return send;
  }
}

function refusalOf(fault: Fault | undefined): Refusal | undefined {
  if (fault?.kind !== 'decline' && fault?.kind !== 'decline-one-copy') return undefined;
  return { code: fault.code, isNoted: fault.kind === 'decline' && isDecision(fault.code) };
}

function answerFrame(
  frame: Frame,
  { answer, macKey }: Response,
  fault: Fault | undefined,
): Uint8Array {
  const message = { mti: answer.mti, fields: alteredFields(answer, fault) };
  const encoded = macKey === undefined ? encode(message) : encodeWithMac(message, macKey);
  invariant(encoded.ok, 'the host writes well-formed answers');
  const body = Uint8Array.from(encoded.value);
  if (fault?.kind === 'bad-mac' && macKey !== undefined) {
    body[body.length - 1] = (body[body.length - 1] ?? 0) ^ 1;
  }
  return writeFrame({ tpdu: swapTpduAddresses(frame.tpdu), header: frame.header, body });
}

/** The fields of an answer that does not match its request, or not in the standard form. */
function alteredFields({ fields }: Message, fault: Fault | undefined): Message['fields'] {
  switch (fault?.kind) {
    case 'wrong-amount':
      return fields[4] === undefined ? fields : { ...fields, 4: nextNumber(fields[4]) };
    case 'wrong-stan':
      return { ...fields, 11: String((Number(fields[11]) % 999_999) + 1).padStart(6, '0') };
    case 'other-merchant':
      return { ...fields, 42: '898110148169999' };
    case 'no-amount': {
      const { 4: _amount, ...others } = fields;
      return others;
    }
    case 'no-chip-data': {
      const { 55: _chip, ...others } = fields;
      return others;
    }
    default:
      return fields;
  }
}

function nextNumber(amount: string): string {
  return ((BigInt(amount) + 1n) % 10n ** 12n).toString().padStart(12, '0');
}

/** Swaps destination and origin of a TPDU, which follow an identifier byte. */
function swapTpduAddresses(tpdu: string): string {
  return tpdu.slice(0, 2) + tpdu.slice(6) + tpdu.slice(2, 6);
}
