/**
 * The JSON of the bank's card service (银行制卡与卡状态接口), as both sides read it; docs/reference/bank-cards.md.
 */
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';

const closed = { additionalProperties: false } as const;
const CardId = Type.String({ pattern: '^[0-9A-F]{32}$' });
const Sequence = Type.Integer({ minimum: 1, maximum: 1_000_000 });

/** A message as it travels. `holderName`: only with a card that is to be made, for the bank's review. */
export const MessageForm = Type.Object(
  {
    cardId: CardId,
    sequence: Sequence,
    /** "card-" and the state of the card. */
    topic: Type.String({ pattern: '^card-[a-z-]{3,32}$' }),
    /** When the office stored it, ms since 1970. */
    at: Type.Integer({ minimum: 0 }),
    /** Among them `financial`: the financial function as the office has it. */
    details: Type.Record(Type.String({ maxLength: 40 }), Type.String({ maxLength: 400 })),
    holderName: Type.Optional(Type.String({ maxLength: 100 })),
  },
  closed,
);
export type MessageForm = Static<typeof MessageForm>;

/** `sha256`: hex, over the JSON of `rows` as it stands in the body. */
export const BatchForm = Type.Object(
  {
    batchNo: Type.Integer({ minimum: 1 }),
    count: Type.Integer({ minimum: 1, maximum: 10_000 }),
    sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    rows: Type.Array(MessageForm, { maxItems: 10_000 }),
  },
  closed,
);
export type BatchForm = Static<typeof BatchForm>;

const refusal = {
  outcome: Type.Literal('refused'),
  code: Type.String({ pattern: '^[A-Z_]{3,40}$' }),
  detail: Type.String({ maxLength: 400 }),
};
const expects = { outcome: Type.Literal('expects'), sequence: Sequence };
/** From 1. */
const row = Type.Integer({ minimum: 1 });

/** Of a message. */
export const ServiceAnswer = Type.Union([
  Type.Object({ outcome: Type.Literal('taken') }, closed),
  Type.Object(refusal, closed),
  Type.Object(expects, closed),
  Type.Object({ outcome: Type.Literal('not-now'), code: refusal.code }, closed),
]);
export type ServiceAnswer = Static<typeof ServiceAnswer>;

const RowAnswer = Type.Union([
  Type.Object({ row, ...refusal }, closed),
  Type.Object({ row, ...expects }, closed),
]);

/**
 * Of a batch. `taken`: all rows but those that `exceptions` name are in the bank's books. `refused`: none
 * is; `row` is the first that is not as it should be.
 */
export const BatchAnswer = Type.Union([
  Type.Object({ outcome: Type.Literal('taken'), exceptions: Type.Array(RowAnswer) }, closed),
  Type.Object({ ...refusal, row: Type.Optional(row) }, closed),
  Type.Object({ outcome: Type.Literal('not-now'), code: refusal.code }, closed),
]);
export type BatchAnswer = Static<typeof BatchAnswer>;
export type RowAnswer = Static<typeof RowAnswer>;

/** @returns undefined: not of this form */
export function readServiceAnswer(text: string): ServiceAnswer | undefined {
  const value = parse(text);
  return Value.Check(ServiceAnswer, value) ? value : undefined;
}

/** @returns undefined: not of this form */
export function readBatchAnswer(text: string): BatchAnswer | undefined {
  const value = parse(text);
  return Value.Check(BatchAnswer, value) ? value : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Cards by "document financial", to be compared before any detail is. */
export const CardTotals = Type.Object(
  { totals: Type.Record(Type.String({ maxLength: 80 }), Type.Integer({ minimum: 0 })) },
  closed,
);
export type CardTotals = Static<typeof CardTotals>;

/**
 * A page of the bank's cards in the order of their ids; `next`: the last of a page that is followed by
 * another.
 */
export const CardPage = Type.Object(
  {
    cards: Type.Array(
      Type.Object(
        {
          cardId: CardId,
          document: Type.String({ maxLength: 40 }),
          financial: Type.Enum(['none', 'not-activated', 'active', 'suspended', 'closed']),
          heard: Type.Integer({ minimum: 0 }),
          said: Type.Integer({ minimum: 0 }),
        },
        closed,
      ),
      { maxItems: 500 },
    ),
    next: Type.Union([CardId, Type.Null()]),
  },
  closed,
);
export type CardPage = Static<typeof CardPage>;

/** What the bank says of a card (银行通知); card and sequence are its identity. */
export const NoticeForm = Type.Object(
  {
    cardId: CardId,
    sequence: Sequence,
    kind: Type.Enum([
      ...(['review-approved', 'review-refused', 'made', 'financial-activated'] as const),
      ...(['written-loss', 'loss-cancelled', 'financial-closed', 'destroyed'] as const),
    ]),
    /** When the bank made it, ms since 1970. */
    at: Type.Integer({ minimum: 0 }),
    details: Type.Record(Type.String({ maxLength: 40 }), Type.String({ maxLength: 200 })),
  },
  closed,
);
export type NoticeForm = Static<typeof NoticeForm>;

/** A review of cards of a batch. `sha256`: hex, over the JSON of `rows` as it stands in the body. */
export const ReviewFileForm = Type.Object(
  {
    fileNo: Type.Integer({ minimum: 1 }),
    batchNo: Type.Integer({ minimum: 1 }),
    count: Type.Integer({ minimum: 1, maximum: 200 }),
    sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
    rows: Type.Array(NoticeForm, { maxItems: 200 }),
  },
  closed,
);

/**
 * The office has it; `expects`: a notice before it is missing. `refusedRows`: of a file, now on the work
 * list.
 */
export const NoticeDocument = Type.Union([
  Type.Object(
    { outcome: Type.Literal('taken'), refusedRows: Type.Optional(Type.Integer()) },
    closed,
  ),
  Type.Object(expects, closed),
]);
