/**
 * A message as one line for the log. Secret fields are shown by their length; of the card number the first
 * six and last four digits are shown.
 */

import type { FieldSpec, Message } from './message-spec.ts';
import { fieldSpecs, messageTypes } from './message-spec.ts';

/**
 * Describes a message, e.g. `0200 sale or void | 2 card number 621626*********0018 | 4 amount, fen
 * 000000012345 | …`.
 */
export function describe(message: Message): string {
  const parts = [`${message.mti} ${messageTypes[message.mti].name}`];
  for (const [number, spec] of fieldSpecs) {
    const value = message.fields[number];
    if (value !== undefined) parts.push(`${number} ${spec.name} ${shown(spec, value)}`);
  }
  return parts.join(' | ');
}

function shown(spec: FieldSpec, value: string): string {
  if (spec.shown === 'length') return `[${value.length}]`;
  if (spec.shown === 'pan') return maskPan(value);
  // Text from a host may hold line breaks or bytes of another character set.
  return value.replace(/[^\x20-\x7e]/g, '?');
}

function maskPan(pan: string): string {
  if (pan.length < 12) return `[${pan.length}]`;
  return pan.slice(0, 6) + '*'.repeat(pan.length - 10) + pan.slice(-4);
}
