/** Packs from the database: what is taken in, what is told, and that nothing stops the engine. */
import { describe, expect, test } from 'vitest';
import type { PackVerdict } from '../../../../../engine/flows/policy/activate-packs.ts';
import { activatePacks } from '../../../../../engine/flows/policy/activate-packs.ts';
import { packDigest } from '../../../../../engine/flows/policy/pack-text.ts';
import {
  createPolicySource,
  refreshPolicyFor,
} from '../../../../../engine/flows/policy/policy-source.ts';
import type { StoredPack } from '../../../../../engine/ports/reference-data.ts';
import type { Finding } from '../../../../../rules/lint/finding.ts';
import type { Pack } from '../../../../../rules/model/pack.ts';
import { policy } from '../../../../support/domain/builders.ts';
import { packWithoutAccount, shippedPackFile } from '../../../../support/packs/pack-files.ts';
import { createPolicyTable, POLICY_MORNING } from '../../../../support/packs/policy-table.ts';

const OLD = '441900/2022-12-01-employee-pharmacy';
const NEW = '441900/2027-01-01-employee-pharmacy';

function createBench(lint: (pack: Pack) => readonly Finding[] = () => []) {
  const table = createPolicyTable();
  const { store, rows } = table;
  const errors: string[] = [];
  const log = {
    info: () => undefined,
    warn: () => undefined,
    error: (_event: string, data: object) => errors.push(JSON.stringify(data)),
  };
  const source = createPolicySource({ shipped: policy.packs, store, log });
  const activateInPlaceOf = async (replaces: readonly string[], ...texts: readonly string[]) => {
    const files = texts.map((text, index) => ({ path: `${index}.json`, text }));
    const order = { files, replaces, reason: undefined };
    const { readRevisions } = table;
    const deps = { shipped: policy.packs, readRevisions, store, operator: undefined, lint };
    return (await activatePacks(order, { ...deps, now: () => POLICY_MORNING })).verdicts;
  };
  const activate = (...texts: readonly string[]) => activateInPlaceOf([OLD], ...texts);
  return { table, rows, errors, source, activate, activateInPlaceOf };
}

const verdicts = (judged: readonly PackVerdict[]) => judged.map(({ verdict }) => verdict);
const pharmacy = { region: '441900', scheme: '310', careType: '41' };

describe('activation', () => {
  test('a pack of the future waits on the shelf until bills reach its first day', async () => {
    const { source, activate } = createBench();
    expect(verdicts(await activate(packWithoutAccount('2027-01-01')))).toEqual(['activated']);
    expect(source.current().byId(NEW)).toBeUndefined();
    expect(await source.refresh()).toBe(true);
    const find = (serviceDate: string) => source.current().find({ ...pharmacy, serviceDate })?.id;
    expect([find('2026-12-31'), find('2027-01-01')]).toEqual([OLD, NEW]);
  });

  test('given again it is known; in another layout too; what ships needs none', async () => {
    const { rows, activate, activateInPlaceOf } = createBench();
    const text = packWithoutAccount('2027-01-01');
    await activate(text);
    const again = JSON.stringify(JSON.parse(text), undefined, 4);
    const ships = JSON.stringify(shippedPackFile(OLD));
    expect(verdicts(await activateInPlaceOf([], again, ships))).toEqual(['known', 'ships']);
    expect([...rows.keys()]).toEqual([NEW]);
  });

  test('an id never gets another content, and one refusal keeps all others out', async () => {
    const { rows, activate, activateInPlaceOf } = createBench();
    const first = packWithoutAccount('2027-01-01');
    await activate(first);
    const name = { zh: '改', en: 'changed' };
    const changed = packWithoutAccount('2027-01-01', { name });
    const judged = await activateInPlaceOf([NEW], packWithoutAccount('2028-01-01'), changed);
    expect(verdicts(judged)).toEqual(['right', 'refused']);
    expect(judged[1]?.reasons[0]?.zh).toContain('不可更改');
    expect([...rows.values()].map(({ content }) => content)).toEqual([first]);
    const altered = JSON.stringify({ ...shippedPackFile(OLD), name });
    expect(verdicts(await activate(altered))).toEqual(['refused']);
  });

  test.each([
    ['no JSON', '{', '不是 JSON'],
    [
      'a share that is given twice',
      '{"ratio": "0.60", "ratio": "0.95"}',
      '"ratio" 在同一对象中出现两次',
    ],
    ['a breach of the format', '{"format":2}', '不符合策略包格式'],
  ])('%s is refused', async (_name, text, reason) => {
    const { rows, activate } = createBench();
    const [judged] = await activate(text);
    expect([judged?.verdict, judged?.pack]).toEqual(['refused', undefined]);
    expect(judged?.reasons[0]?.zh).toContain(reason);
    expect(rows.size).toBe(0);
  });

  test('two files with one id are refused', async () => {
    const { rows, activate } = createBench();
    const text = packWithoutAccount('2027-01-01');
    expect(verdicts(await activate(text, text))).toEqual(['right', 'refused']);
    expect(rows.size).toBe(0);
  });

  test('an error of the linter refuses, a warning does not', async () => {
    const finding = { path: 'payers[0]', value: '1', rule: 'is doubtful', zh: '存疑' };
    const withErrors = createBench(() => [{ ...finding, severity: 'error' }]);
    expect(verdicts(await withErrors.activate(packWithoutAccount('2027-01-01')))).toEqual([
      'refused',
    ]);
    expect(withErrors.rows.size).toBe(0);
    const withWarnings = createBench(() => [{ ...finding, severity: 'warning' }]);
    const [judged] = await withWarnings.activate(packWithoutAccount('2027-01-01'));
    expect(judged?.verdict).toBe('activated');
    expect(judged?.findings).toContainEqual({ ...finding, severity: 'warning' });
  });
});

test('a pack on record from before the reader was strict is read as it was then', async () => {
  const { rows, errors, source } = createBench();
  const file = JSON.parse(packWithoutAccount('2027-01-01')) as object;
  const content = `{"region": "110000", ${JSON.stringify(file).slice(1)}`;
  rows.set(NEW, {
    id: NEW,
    content,
    digest: packDigest(JSON.parse(content)),
    activatedAt: 1,
  });
  await source.refresh();
  expect(source.current().byId(NEW)?.region).toBe('441900');
  expect(errors).toEqual([]);
});

describe('a stored pack that cannot be used', () => {
  const broken: StoredPack = {
    id: '990000/x',
    content: '{"format":1}',
    digest: 'd',
    activatedAt: 1,
  };

  test('is told once, and all others serve', async () => {
    const { rows, errors, source, activate } = createBench();
    rows.set(broken.id, broken);
    await activate(packWithoutAccount('2027-01-01'));
    expect(await source.refresh()).toBe(true);
    await source.refresh();
    expect(source.current().byId(NEW)).toBeDefined();
    expect(source.current().packs).toHaveLength(policy.packs.length + 1);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toContain('990000/x');
  });

  test('content that was replaced under an id is told; what was taken in stays', async () => {
    const { rows, errors, source, activate } = createBench();
    await activate(packWithoutAccount('2027-01-01'));
    await source.refresh();
    const before = source.current().byId(NEW);
    rows.set(NEW, { ...broken, id: NEW });
    await source.refresh();
    expect(source.current().byId(NEW)).toBe(before);
    expect(errors).toHaveLength(1);
  });

  test('content that does not match its digest is not taken in', async () => {
    const { rows, errors, source } = createBench();
    const content = packWithoutAccount('2027-01-01');
    rows.set(NEW, { id: NEW, content, digest: '00', activatedAt: 1 });
    await source.refresh();
    expect(source.current().byId(NEW)).toBeUndefined();
    expect(errors).toHaveLength(1);
  });
});

test('while the database is away the packs at hand serve, and the new ones come later', async () => {
  const { table, source, activate } = createBench();
  await activate(packWithoutAccount('2027-01-01'));
  table.isAway = true;
  expect(await source.refresh()).toBe(false);
  expect(source.current().packs).toEqual(policy.packs);
  table.isAway = false;
  expect(await source.refresh()).toBe(true);
  expect(source.current().byId(NEW)).toBeDefined();
});

test('a settlement of another engine names a pack that was not seen here yet: it is fetched', async () => {
  const { source, activate } = createBench();
  await activate(packWithoutAccount('2027-01-01'));
  expect((await refreshPolicyFor(source, NEW)).byId(NEW)?.id).toBe(NEW);
});
