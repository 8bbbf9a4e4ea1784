// Goal: what integrators read is what the engine does. The committed reference is generated, never edited,
// and every refusal that the registry knows has the documented form.
import { readFile } from 'node:fs/promises';

import { Value } from 'typebox/value';
import { describe, expect, test } from 'vitest';

import { type ErrorEntry, errorRegistry } from '../../engine/base/errors/error-registry.ts';
import { problemBody } from '../../engine/base/errors/problem.ts';
import { Problem } from '../../engine/contract/problem.ts';
import { ERRORS_PAGE_PATH, errorCodes, renderErrorsPage } from '../../engine/http/errors-page.ts';
import { OPENAPI_PATH, renderOpenApi } from '../../engine/http/openapi.ts';
import { createHarness } from '../unit/engine/http/http-harness.ts';

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

describe('openapi.json', () => {
  test('the committed copy is the generated one', async () => {
    expect(await committed(OPENAPI_PATH)).toBe(await renderOpenApi());
  });

  test('the engine serves it', async () => {
    const { app } = await createHarness();
    const served = await app.inject('/openapi.json');
    expect(served.json()).toEqual(JSON.parse(await committed(OPENAPI_PATH)));
  });

  test('it has every route, and the signed ones say so', async () => {
    const { paths, openapi } = JSON.parse(await committed(OPENAPI_PATH));
    expect(openapi).toBe('3.1.0');
    const routes = Object.entries<Record<string, { security?: unknown }>>(paths).flatMap(
      ([path, item]) =>
        Object.entries(item).map(
          ([method, route]) => `${method} ${path}${route.security === undefined ? '' : ' signed'}`,
        ),
    );
    expect(routes.sort()).toEqual([
      'get /health/live',
      'get /health/ready',
      'get /v1/answer-keys',
      'get /v1/settlements signed',
      'get /v1/settlements/{id} signed',
      'post /v1/challenges signed',
      'post /v1/quotes signed',
      'post /v1/settlements signed',
      'post /v1/settlements/{id}/refunds signed',
      'post /v1/terminals/sign-in signed',
    ]);
  });

  test('no request takes unknown members, and every text in one has a bound', async () => {
    const { paths } = JSON.parse(await committed(OPENAPI_PATH));
    const bodies = Object.entries<Record<string, { requestBody?: unknown }>>(paths).flatMap(
      ([path, item]) => objectSchemas(item['post']?.requestBody, path),
    );
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
});

describe('errors.md', () => {
  test('the committed copy is the generated one', async () => {
    expect(await committed(ERRORS_PAGE_PATH)).toBe(renderErrorsPage());
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
