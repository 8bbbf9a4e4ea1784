/**
 * Schemas of the OpenAPI document under their names instead of inlined, as readers and code generators need
 * them. What the engine validates stays as it is.
 */
import type { TSchema } from 'typebox';
import { BillBody, BillLineBody } from '../contract/bill.ts';
import { CardBody } from '../contract/card.ts';
import { CardLifeDocument, CardOrderDocument, CardOrderRequest } from '../contract/cards.ts';
import { ChallengeDocument, ChallengeRequest } from '../contract/challenge.ts';
import { ClaimPart, CorrectionPart } from '../contract/correction.ts';
import { EnquiryDocument, RequestItem } from '../contract/enquiry.ts';
import { LiveDocument, ReadyDocument } from '../contract/health.ts';
import {
  InvalidListsDocument,
  ListChangesDocument,
  ListQueryDocument,
  ListQueryRequest,
  OfflineListDocument,
  OfflinePartDocument,
} from '../contract/invalid-list.ts';
import {
  ChangeOperatorRequest,
  DoneDocument,
  EmptyRequest,
  EnrolmentDocument,
  NewOperatorRequest,
  OperatorDocument,
  OperatorPasswordRequest,
  OperatorSessionDocument,
  OperatorSignInRequest,
  OperatorsDocument,
  ProposalDocument,
  ProposalsDocument,
  TrailDocument,
  TrailItemDocument,
  TrailRequest,
  WhoAmIDocument,
} from '../contract/operator.ts';
import { AccountDocument, RelationsDocument } from '../contract/person.ts';
import { CodeText, Problem, UnknownDocument } from '../contract/problem.ts';
import { QuoteDocument, QuoteRequest } from '../contract/quote.ts';
import {
  LaterBill,
  RefundAmounts,
  RefundDocument,
  RefundRequest,
  RefundSummary,
} from '../contract/refund.ts';
import {
  BankDebitBody,
  BankPart,
  CashBody,
  SettlementDocument,
  SettlementRequest,
} from '../contract/settlement.ts';
import {
  Amounts,
  ExplanationStep,
  FundShare,
  LineShare,
  NationalAmounts,
  NationalAmountsBack,
  NetSums,
  PolicyPart,
  RefundedSums,
  Warning,
} from '../contract/split.ts';
import {
  AnswerKey,
  AnswerKeysDocument,
  SignInDocument,
  SignInRequest,
} from '../contract/terminal.ts';
import { Bilingual, Day, Money, RequestKeyText, SettlementStateText } from '../contract/values.ts';

/** Schemas by the names under which the document has them. */
const named: Readonly<Record<string, TSchema>> = {
  ...{ Money, Day, Bilingual, RequestKey: RequestKeyText, SettlementState: SettlementStateText },
  ...{ Card: CardBody, Bill: BillBody, BillLine: BillLineBody },
  ...{ SignInRequest, SignInDocument, AnswerKey, AnswerKeysDocument },
  ...{ ChallengeRequest, ChallengeDocument, QuoteRequest, QuoteDocument },
  ...{ SettlementRequest, SettlementDocument, BankPart },
  ...{ CashTender: CashBody, BankDebitTender: BankDebitBody },
  ...{ Amounts, NationalAmounts, FundShare, LineShare, Warning, ExplanationStep },
  ...{ Policy: PolicyPart, RefundRequest, RefundDocument, RefundAmounts, RefundSummary, LaterBill },
  ...{ NationalAmountsBack, RefundedSums, NetSums, CorrectionPart, ClaimPart },
  ...{ EnquiryDocument, RequestItem, ErrorCode: CodeText, Problem, UnknownDocument },
  ...{ LiveDocument, ReadyDocument },
  ...{ CardOrderRequest, CardOrderDocument, CardLifeDocument },
  ...{
    InvalidListsDocument,
    ListQueryRequest,
    ListQueryDocument,
    ListChangesDocument,
    OfflineListDocument,
    OfflinePartDocument,
  },
  ...{
    OperatorSignInRequest,
    OperatorDocument,
    OperatorSessionDocument,
    WhoAmIDocument,
    EmptyRequest,
    DoneDocument,
    OperatorPasswordRequest,
    NewOperatorRequest,
    ChangeOperatorRequest,
    EnrolmentDocument,
    OperatorsDocument,
    TrailRequest,
    TrailItemDocument,
    TrailDocument,
    ProposalDocument,
    ProposalsDocument,
  },
  ...{ RelationsDocument, AccountDocument },
};

/** Any part of the document. */
export type Node = { readonly [name: string]: unknown };

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A schema as the document writes it: a constant is an enumeration of one. */
function written(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(written);
  if (!isNode(value)) return value;
  const { const: only, ...rest } = value;
  const members = Object.entries(rest).map(([name, part]) => [name, written(part)] as const);
  return Object.fromEntries(only === undefined ? members : [...members, ['enum', [only]]]);
}

/** Text by which equal schemas are found, in whatever order their members stand. */
function fingerprint(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(fingerprint).join()}]`;
  if (!isNode(value)) return JSON.stringify(value) ?? '';
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${name}:${fingerprint(value[name])}`).join()}}`;
}

/** The components of all named schemas, and a function that puts references in their place. */
export function shareSchemas() {
  const plain = Object.entries(named).map(
    ([name, schema]) => [name, written(JSON.parse(JSON.stringify(schema)))] as const,
  );
  const names = new Map(plain.map(([name, schema]) => [fingerprint(schema), name]));
  const refer = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(refer);
    if (!isNode(value)) return value;
    const name = names.get(fingerprint(written(value)));
    return name === undefined ? referWithin(value) : { $ref: `#/components/schemas/${name}` };
  };
  const referWithin = (value: Node): Node =>
    Object.fromEntries(Object.entries(value).map(([name, part]) => [name, refer(part)]));
  const schemas = Object.fromEntries(
    plain.map(([name, schema]) => [name, isNode(schema) ? referWithin(schema) : schema]),
  );
  return { schemas, refer };
}
