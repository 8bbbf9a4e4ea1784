// Goal: what integrators read is what the engine does. The committed reference is generated, never edited,
// and every refusal that the registry knows has the documented form.
import { readFile } from 'node:fs/promises';

import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { describe, expect, test } from 'vitest';

import { type ErrorEntry, errorRegistry } from '../../engine/base/errors/error-registry.ts';
import { problemBody } from '../../engine/base/errors/problem.ts';
import { ChallengeDocument, ChallengeRequest } from '../../engine/contract/challenge.ts';
import { EnquiryDocument } from '../../engine/contract/enquiry.ts';
import { Problem, UnknownDocument } from '../../engine/contract/problem.ts';
import { QuoteDocument, QuoteRequest } from '../../engine/contract/quote.ts';
import { RefundDocument, RefundRequest } from '../../engine/contract/refund.ts';
import { SettlementDocument, SettlementRequest } from '../../engine/contract/settlement.ts';
import {
  AnswerKeysDocument,
  SignInDocument,
  SignInRequest,
} from '../../engine/contract/terminal.ts';
import { SettlementStateText } from '../../engine/contract/values.ts';
import { settlementTransitions } from '../../engine/domain/settlement/settlement.ts';
import { CARD_STATES_PAGE_PATH, renderCardStatesPage } from '../../engine/http/card-states-page.ts';
import { ERRORS_PAGE_PATH, errorCodes, renderErrorsPage } from '../../engine/http/errors-page.ts';
import { OPENAPI_PATH, renderOpenApi, unaskedOffices } from '../../engine/http/openapi.ts';
import { examples } from '../../engine/http/openapi-examples.ts';
import { createHarness, signedHeaders, startedAt } from '../unit/engine/http/http-harness.ts';

const committed = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

type Schema = { readonly [name: string]: unknown };

/** Every object schema below `value`, with the place where it stands. */
function objectSchemas(value: unknown, place = ''): { place: string; schema: Schema }[] {
  if (typeof value !== 'object' || value === null) return [];
  const schema = value as Schema;
  const below = Object.entries(schema).flatMap(([name, part]) =>
    objectSchemas(part, `${place}/${name}`),
  );
  return schema['type'] === 'object' ? [{ place, schema }, ...below] : below;
}

type Operation = {
  readonly security?: readonly object[];
  readonly responses: Record<string, { description: string; headers?: object }>;
};

function operations(paths: Record<string, Record<string, Operation>>): [string, Operation][] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]): [string, Operation] => [
      `${method} ${path}`,
      operation,
    ]),
  );
}

const callers = { terminalSignature: ' signed', operatorSession: ' by session' } as const;

/** Who may call: a terminal that signs, an operator with a session; nobody in particular. */
function callersOf(security: readonly object[] = []): string[] {
  return security.flatMap((way) => Object.keys(way).map((name) => callers[name as never]));
}

function withoutExamples(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (name, part) => (name === 'example' ? undefined : part)));
}

describe('openapi.json', () => {
  test('the committed copy is the generated one', async () => {
    expect(await committed(OPENAPI_PATH)).toBe(await renderOpenApi());
  });

  test('the engine serves it', async () => {
    const { app } = await createHarness({ offices: unaskedOffices });
    const served = await app.inject('/openapi.json');
    expect(served.json()).toEqual(JSON.parse(await committed(OPENAPI_PATH)));
  });

  test('it has every route, and says who may call it', async () => {
    const { paths, openapi } = JSON.parse(await committed(OPENAPI_PATH));
    expect(openapi).toBe('3.1.0');
    const routes = operations(paths).map(
      ([path, { security }]) => `${path}${callersOf(security).join()}`,
    );
    expect(routes.sort()).toEqual([
      'get /health/live',
      'get /health/ready',
      'get /v1/answer-keys',
      'get /v1/cards/of/{personNo} by session',
      'get /v1/invalid-lists signed',
      'get /v1/invalid-lists/offline signed',
      'get /v1/invalid-lists/offline/{fileHash} signed',
      'get /v1/invalid-lists/{level}/{region}/changes signed',
      'get /v1/operator/accounts by session',
      'get /v1/operator/me by session',
      'get /v1/operator/proposals by session',
      'get /v1/persons/{personNo}/account by session',
      'get /v1/persons/{personNo}/insurance by session',
      'get /v1/settlements signed',
      'get /v1/settlements/{id} signed',
      'post /v1/cards/orders by session',
      'post /v1/challenges signed',
      'post /v1/invalid-lists/queries signed',
      'post /v1/operator/accounts by session',
      'post /v1/operator/accounts/{name} by session',
      'post /v1/operator/accounts/{name}/reset by session',
      'post /v1/operator/audit by session',
      'post /v1/operator/password by session',
      'post /v1/operator/proposals/{no}/approve by session',
      'post /v1/operator/proposals/{no}/withdraw by session',
      'post /v1/operator/sign-in',
      'post /v1/operator/sign-out by session',
      'post /v1/quotes signed',
      'post /v1/settlements signed',
      'post /v1/settlements/{id}/refunds signed',
      'post /v1/terminals/sign-in signed',
    ]);
  });

  test('no request takes unknown members, and every text in one has a bound', async () => {
    const { components } = JSON.parse(await committed(OPENAPI_PATH));
    const parts = Object.entries<Schema>(components.schemas).filter(([name]) =>
      /Request$|^(Card|Bill|BillLine|CashTender|BankDebitTender)$/.test(name),
    );
    const bodies = parts.flatMap(([name, schema]) => objectSchemas(schema, name));
    expect(bodies.length).toBeGreaterThan(10);
    for (const { place, schema } of bodies) {
      expect(schema['additionalProperties'], place).toBe(false);
      for (const [name, part] of Object.entries(schema['properties'] as Record<string, Schema>)) {
        expect(['number', 'integer'], `${place}/${name}`).not.toContain(part['type']);
        if (part['type'] !== 'string' || 'enum' in part) continue;
        expect('pattern' in part || 'maxLength' in part, `${place}/${name}`).toBe(true);
      }
    }
  });

  test('a schema stands once, under its name, and each is used', async () => {
    const text = await committed(OPENAPI_PATH);
    const { paths, components } = JSON.parse(text);
    expect(objectSchemas(Object.values(paths).map(withoutExamples))).toEqual([]);
    const unused = Object.keys(components.schemas).filter(
      (name) => !text.includes(`"#/components/schemas/${name}"`),
    );
    expect(unused).toEqual([]);
  });

  test('every answer says what it is, and signed ones name their headers', async () => {
    const { paths } = JSON.parse(await committed(OPENAPI_PATH));
    for (const [path, operation] of operations(paths)) {
      for (const [status, answer] of Object.entries(operation.responses)) {
        expect(answer.description, `${path} ${status}`).not.toMatch(/^(Default Response)?$/);
        if (!callersOf(operation.security).includes(' signed')) continue;
        const names = ['Content-Digest', 'Signature-Input', 'Signature'];
        expect(Object.keys(answer.headers ?? {}), path).toEqual(expect.arrayContaining(names));
      }
    }
  });

  test('the headers that a request is described with are those that the engine takes', async () => {
    const { components } = JSON.parse(await committed(OPENAPI_PATH));
    const { ContentDigest, SignatureInput, Signature } = components.parameters;
    const signed = signedHeaders({ method: 'GET', url: '/v1/settlements' }, startedAt);
    for (const { name, schema } of [ContentDigest, SignatureInput, Signature]) {
      expect(signed[name.toLowerCase()]).toMatch(new RegExp(schema.pattern));
    }
  });

  test('states are those of the domain', () => {
    const { enum: states } = JSON.parse(JSON.stringify(SettlementStateText)) as { enum: string[] };
    expect([...states].sort()).toEqual(Object.keys(settlementTransitions).sort());
  });

  test.each<[string, TSchema, unknown]>([
    ['signIn', SignInRequest, examples['signIn']?.request],
    ['signIn', SignInDocument, examples['signIn']?.responses['200']],
    ['issueChallenge', ChallengeRequest, examples['issueChallenge']?.request],
    ['issueChallenge', ChallengeDocument, examples['issueChallenge']?.responses['201']],
    ['quote', QuoteRequest, examples['quote']?.request],
    ['quote', QuoteDocument, examples['quote']?.responses['200']],
    ['settle', SettlementRequest, examples['settle']?.request],
    ['settle', SettlementDocument, examples['settle']?.responses['200']],
    ['settle', UnknownDocument, examples['settle']?.responses['202']],
    ['settle', Problem, examples['settle']?.responses['default']],
    ['findByRequestKey', EnquiryDocument, examples['findByRequestKey']?.responses['200']],
    ['refund', RefundRequest, examples['refund']?.request],
    ['refund', RefundDocument, examples['refund']?.responses['200']],
    ['answerKeys', AnswerKeysDocument, examples['answerKeys']?.responses['200']],
  ])('the example of %s fits its schema', (_name, schema, example) => {
    expect([...Value.Errors(schema, example)]).toEqual([]);
  });
});

describe('errors.md', () => {
  test('the committed copy is the generated one', async () => {
    expect(await committed(ERRORS_PAGE_PATH)).toBe(renderErrorsPage());
  });

  test('the page of a card’s states is the generated one', async () => {
    expect(await committed(CARD_STATES_PAGE_PATH)).toBe(renderCardStatesPage());
  });

  test.each(errorCodes)('%s says what happened and what to do, in both languages', (code) => {
    const entry: ErrorEntry = errorRegistry[code];
    expect(Value.Check(Problem, problemBody(code))).toBe(true);
    for (const text of [entry.zh, entry.cashierZh]) expect(text).toMatch(/\p{Script=Han}/u);
    for (const text of [entry.en, entry.cashierEn]) expect(text).toMatch(/^[ -~]+$/);
    // Who may have paid must be told not to pay again.
    if (entry.money === 'unknown') expect(entry.retry).not.toBe('new-key');
  });
});
