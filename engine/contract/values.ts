/**
 * Building blocks of the schemas. Objects are closed, nothing is coerced or defaulted, derived types are
 * read-only.
 */
import { type Static, type TArrayOptions, type TProperties, type TSchema, Type } from 'typebox';

/** An object that refuses unknown members. */
export function closed<Properties extends TProperties>(
  properties: Properties,
  description?: string,
) {
  return Type.ReadonlyObject(Type.Object(properties), {
    additionalProperties: false,
    ...(description === undefined ? {} : { description }),
  });
}

export function list<Items extends TSchema>(items: Items, options: TArrayOptions = {}) {
  return Type.Immutable(Type.Array(items, options));
}

/** One of these words. */
export function oneOf<const Word extends string>(...words: readonly Word[]) {
  return Type.Unsafe<Word>({ type: 'string', enum: words });
}

export function orNull<Value extends TSchema>(value: Value) {
  return Type.Union([value, Type.Null()]);
}

/** Bytes as hex digits of either case. */
export function hex(bytesMin: number, bytesMax: number = bytesMin) {
  return Type.String({ pattern: `^([0-9A-Fa-f]{2}){${bytesMin},${bytesMax}}$` });
}

/** Yuan with exactly two decimals. */
export const Money = Type.String({
  pattern: '^(0|[1-9][0-9]{0,11})\\.[0-9]{2}$',
  examples: ['12.34'],
  description: 'Yuan as decimal text, two decimals, no sign',
});

export const SignedMoney = Type.String({
  pattern: '^-?(0|[1-9][0-9]{0,11})\\.[0-9]{2}$',
  examples: ['0.00', '-0.01'],
});

export const Day = Type.String({
  pattern: '^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$',
  examples: ['2026-11-22'],
});

export const Text = Type.String({ maxLength: 500 });

export const Bilingual = closed({ zh: Type.String(), en: Type.String() });
export type Bilingual = Static<typeof Bilingual>;

/** States of a settlement: all but `posted`, `released` and `refunded` end by themselves. */
export const SettlementStateText = oneOf(
  ...(['reserved', 'posted', 'released', 'reversing', 'refunding', 'refunded'] as const),
);

export const RequestKeyText = Type.String({
  pattern: '^[A-Za-z0-9_-]{16,40}$',
  description:
    'Made and stored by the terminal before it sends; scoped to terminal and card; never used again for ' +
    'another request, however long ago',
});

/** A sandbox has test people with published PINs, and its receipts are worth nothing. */
export const SystemMode = oneOf('sandbox', 'production');
export type SystemMode = Static<typeof SystemMode>;
