/** The card office: orders on cards, and what is on record of them. */
import { type Static, Type } from 'typebox';
import { closed, Day, hex, list, Money, oneOf, orNull, Text } from './values.ts';

const CardIdText = Type.String({ pattern: '^[0-9A-F]{32}$', description: '卡识别码' });
const ApplicationNo = Type.String({
  pattern: '^[A-Za-z0-9-]{1,40}$',
  examples: ['441900-2026-000001'],
});
const PersonNoText = Type.String({
  pattern: '^[0-9A-Za-z]{1,30}$',
  description: '人员编号 psn_no',
});

/** A PIN as the PIN pad of the window enciphered it: the digits are nowhere else. */
const PinEntry = closed(
  { terminalId: Type.String({ maxLength: 64 }), block: hex(16) },
  'ISO 9564 format 4 under the session key of this terminal (see sign-in)',
);

const form = {
  applicationNo: ApplicationNo,
  issuingBank: Type.String({
    pattern: '^[0-9A-Z]{3,14}$',
    description: 'One of the region’s list',
  }),
  delivery: oneOf('window', 'post', 'employer'),
  employer: Type.Optional(Text),
  batchNo: Type.Optional(Text),
};
const Cause = oneOf(
  ...(['damaged', 'expired', 'photo', 'data-changed', 'other-bank'] as const),
  ...(['moved-region', 'maker-fault', 'data-fault'] as const),
);
const onCard = { cardId: CardIdText };
const LossForm = oneOf('oral', 'written');

export const CardOrderBody = Type.Union([
  closed({ kind: Type.Literal('apply'), ...form }),
  closed({ kind: Type.Literal('replace'), ...onCard, ...form }),
  closed({ kind: Type.Literal('exchange'), ...onCard, cause: Cause, ...form }),
  closed({
    kind: Type.Literal('review'),
    applicationNo: ApplicationNo,
    isAccepted: Type.Boolean(),
  }),
  closed({ kind: Type.Literal('pay-fee'), applicationNo: ApplicationNo }),
  closed({
    kind: Type.Literal('personalise'),
    applicationNo: ApplicationNo,
    ...onCard,
    cardNumber: Type.String({ pattern: '^[0-9A-Za-z]{1,32}$' }),
    cardClass: Type.String({ pattern: '^[0-9]$' }),
    specVersion: Type.String({ pattern: '^[123][.][0-9]{2}$' }),
    expiresOn: orNull(Day),
  }),
  closed({ kind: Type.Literal('bank-review'), ...onCard, isAccepted: Type.Boolean() }),
  closed({ kind: Type.Literal('collect'), ...onCard, pin: Type.Optional(PinEntry) }),
  closed({
    kind: Type.Literal('activate-medical'),
    ...{ ...onCard, oldPin: PinEntry, pin: Type.Optional(PinEntry) },
  }),
  closed({ kind: Type.Literal('change-pin'), ...onCard, oldPin: PinEntry, pin: PinEntry }),
  closed({ kind: Type.Literal('reset-pin'), ...onCard, pin: PinEntry }),
  closed({ kind: oneOf('report-loss', 'cancel-loss'), ...onCard, form: LossForm }),
  closed({
    kind: oneOf(
      ...(['send-to-bank', 'make', 'deliver', 'take-back', 'expire-uncollected'] as const),
      ...(['activate-financial', 'unlock-pin', 'suspend', 'resume', 'lapse-loss'] as const),
      ...(['cancel', 'close-at-bank', 'return', 'destroy'] as const),
    ),
    ...onCard,
  }),
  closed({ kind: Type.Literal('report-death') }),
]);
export type CardOrderBody = Static<typeof CardOrderBody>;

const EvidenceText = Type.String({ minLength: 1, maxLength: 120 });

export const CardOrderRequest = closed({
  orderId: Type.String({
    pattern: '^[A-Za-z0-9_-]{16,40}$',
    description: 'Made before it is sent: the same again is one step',
  }),
  personNo: PersonNoText,
  reason: orNull(
    Type.String({ maxLength: 200, description: 'No name, no number of a person or card' }),
  ),
  evidence: closed(
    { identity: Type.Optional(EvidenceText), record: Type.Optional(EvidenceText) },
    'identity: which paper was seen; record: number of a record',
  ),
  order: CardOrderBody,
});
export type CardOrderRequest = Static<typeof CardOrderRequest>;

const CardMembers = closed({
  ...onCard,
  ...{ status: Text, medical: Text, financial: Text },
  statusSince: orNull(Text),
  oralLossUntil: orNull(Text),
  expiresOn: orNull(Day),
  isPinLocked: Type.Boolean(),
  steps: Type.Integer(),
  applicationNo: orNull(ApplicationNo),
  issuingBank: orNull(Text),
  replaces: orNull(CardIdText),
  replacedBy: orNull(CardIdText),
});

const ApplicationMembers = closed({
  applicationNo: ApplicationNo,
  ...{ kind: Text, state: Text, region: Text, issuingBank: Text, delivery: Text },
  ...{ stateSince: Text, appliedAt: Text, dueAt: Text },
  ...{ employer: orNull(Text), batchNo: orNull(Text), cause: orNull(Text) },
  replaces: orNull(CardIdText),
  cardId: orNull(CardIdText),
  fee: Money,
  isFeePaid: Type.Boolean(),
  steps: Type.Integer(),
});

export const CardOrderDocument = closed({
  outcome: Type.Literal('approved'),
  card: orNull(CardMembers),
  application: orNull(ApplicationMembers),
});

const Move = closed({ from: Text, to: Text });

/** `by`: kind and id of whoever did it. */
export const CardLifeDocument = closed({
  cards: list(CardMembers),
  applications: list(ApplicationMembers),
  steps: list(
    closed({
      ...{ subject: Text, stepNo: Type.Integer(), kind: Text, at: Text },
      by: closed({ kind: Text, id: Text }),
      card: orNull(Move),
      medical: orNull(Move),
      financial: orNull(Move),
      reason: orNull(Text),
      evidence: list(closed({ name: Text, text: Text })),
    }),
  ),
});

export const CardPersonParams = closed({ personNo: PersonNoText });
