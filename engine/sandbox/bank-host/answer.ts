/** Builds the host's answer to a message. */

import { isoTime } from '../../base/time/calendar.ts';
import type { Message, Mti } from '../../gateways/bank-debit/wire/message-spec.ts';
import { messageTypes } from '../../gateways/bank-debit/wire/message-spec.ts';
import type { Clock } from '../../ports/environment.ts';
import type { ProvenChip } from './chip-check.ts';

/** Acquirer, field 32: an invented code of the sandbox. */
const ACQUIRER = '48021000';
const REPEATED_FIELDS = [2, 3, 4, 11, 14, 23, 25, 41, 42, 49, 53, 60];

export type Ruling = {
  readonly code: string;
  readonly chip?: ProvenChip | undefined;
  /** Field 62 of a sign-in answer, hex. */
  readonly workKeys?: string;
};

type Source = {
  readonly clock: Clock;
  readonly books: { nextNumber(name: string): number };
  /** An approval code that stands in the answer instead of 00. */
  readonly approvalCode?: string | undefined;
};

/** Builds the answer, without MAC, under a new retrieval reference. */
export function answerTo(source: Source, request: Message, ruling: Ruling): Message {
  const { clock, books, approvalCode = '00' } = source;
  const isApproved = ruling.code === '00';
  const code = isApproved ? approvalCode : ruling.code;
  const fields: Record<number, string> = {};
  for (const number of REPEATED_FIELDS) {
    const value = request.fields[number];
    if (value !== undefined) fields[number] = value;
  }
  const { time, monthDay } = shanghaiTime(clock.now());
  const serial = String(books.nextNumber('rrn') % 100_000_000).padStart(8, '0');
  fields[12] = time;
  fields[13] = monthDay;
  fields[32] = ACQUIRER;
  fields[37] = monthDay + serial;
  fields[39] = code;
  if (isApproved && request.mti.startsWith('02')) {
    fields[15] = monthDay;
    fields[38] = serial.slice(-6);
  }
  if (ruling.chip !== undefined) fields[55] = ruling.chip.answerFor(code);
  if (ruling.workKeys !== undefined) fields[62] = ruling.workKeys;
  return { mti: answerMti(request.mti), fields };
}

const answers: Partial<Record<Mti, Mti>> = {
  '0200': '0210',
  '0220': '0230',
  '0400': '0410',
  '0800': '0810',
  '0820': '0830',
};

/** Does the host answer this type of message? */
export function isAnswered(mti: Mti): boolean {
  return answers[mti] !== undefined;
}

function answerMti(mti: Mti): Mti {
  const answer = answers[mti];
  if (answer === undefined) throw new Error(`no answer to ${messageTypes[mti].name}`);
  return answer;
}

/** hhmmss, MMDD and YYMM in China's time. `now`: ms. */
export function shanghaiTime(now: number): { time: string; monthDay: string; yearMonth: string } {
  const text = isoTime(now);
  const [date = '', clock = ''] = text.split('T');
  const digits = date.replaceAll('-', '');
  return {
    time: clock.slice(0, 8).replaceAll(':', ''),
    monthDay: digits.slice(4),
    yearMonth: digits.slice(2, 6),
  };
}
