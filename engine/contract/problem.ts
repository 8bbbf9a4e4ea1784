import { type Static, Type } from 'typebox';

import { type ErrorCode, errorRegistry } from '../base/errors/error-registry.ts';
import { Bilingual, closed, oneOf, SettlementStateText, Text } from './values.ts';

/** A code of the error registry. The schema allows any text, so that a new code breaks no client. */
export const CodeText = Type.Unsafe<ErrorCode>({
  anyOf: [{ type: 'string', enum: Object.keys(errorRegistry) }, Text],
  description:
    'A code of the list of errors, which says for each whether money moved, how to retry and what the ' +
    'cashier does. New codes may come: decide by moneyEffect and retry.',
  externalDocs: { url: 'errors.md', description: 'engine/docs/reference/errors.md' },
});

export const Problem = closed(
  {
    type: Text,
    title: Text,
    status: Type.Integer(),
    code: CodeText,
    moneyEffect: oneOf('none', 'moved', 'unknown'),
    retry: oneOf('never', 'same-key', 'new-key', 'after-enquiry'),
    requestKey: Type.Optional(Text),
    settlementId: Type.Optional(Text),
    detail: Type.Optional(Text),
    serverTime: Type.Optional(Text),
    message: Bilingual,
    cashier: Bilingual,
  },
  'RFC 9457 problem; the codes are listed in errors.md',
);
export type Problem = Static<typeof Problem>;

/** A refusal with any status, for OpenAPI. */
export const ProblemResponse = {
  description: 'Refused, or (moneyEffect unknown) to be enquired; the codes are in errors.md',
  content: { 'application/problem+json': { schema: Problem } },
};

/** An outcome that is not known yet; the engine reverses or repeats by itself. */
export const UnknownDocument = closed({
  outcome: Type.Literal('unknown'),
  settlementId: Text,
  requestKey: Text,
  state: SettlementStateText,
  code: CodeText,
  message: Bilingual,
  cashier: Bilingual,
  enquiry: Text,
  retryAfterSeconds: Type.Integer(),
});
export type UnknownDocument = Static<typeof UnknownDocument>;
