import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { InstitutionCode, TerminalId } from '../../../../../engine/base/ids/ids.ts';
import type { Terminal } from '../../../../../engine/ports/reference.ts';
import { StoreUnavailable } from '../../../../../engine/ports/store.ts';
import { createReferenceStore } from '../../../../../engine/store/reference/reference-store.ts';
import { openSeedStore } from '../../../../../engine/store/reference/seed-store.ts';
import { testPersonalData } from '../../../../support/flows/test-keys.ts';
import type { TestDatabase } from '../../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../../support/postgres/test-database.ts';
import { institution, query, terminalId } from '../toy-store.ts';

const terminal: Terminal = {
  id: terminalId,
  institution,
  isEnabled: true,
  careTypes: ['41', '11'],
  publicKey: 'MCowBQYDK2VwAyEA',
  sealedMasterKey: 'sealed',
  session: undefined,
  bankTerminalId: '00000001',
  bankMerchantId: '123456789012345',
  bankKeys: undefined,
};
const place = {
  code: institution,
  name: '莞城大药房',
  region: '441900',
  carePlace: { kind: 'pharmacy', level: undefined, isCommunity: false },
} as const;

let database: TestDatabase;
let time = 0;
beforeEach(async () => {
  database = await createTestDatabase();
  const seeds = await openSeedStore(database.url, testPersonalData);
  await seeds.insertInstitutions([place]);
  await seeds.insertTerminals([terminal]);
  await seeds.close();
});
afterEach(() => database.drop());

test('finds what was put on record, and nothing else', async () => {
  const store = createReferenceStore({ url: database.url, now: () => time });
  expect(await store.findTerminal(terminalId)).toStrictEqual(terminal);
  expect(await store.findInstitution(institution)).toStrictEqual(place);
  expect(await store.findTerminal('nowhere' as TerminalId)).toBeUndefined();
  expect(await store.findInstitution('H00000000000' as InstitutionCode)).toBeUndefined();
  await store.close();
});

test('a session and bank keys are seen at once and after a restart', async () => {
  const session = {
    signNo: '7',
    sealedPinKey: 'a',
    sealedMacKey: 'b',
    signedInAt: 1_763_776_800_000,
  };
  const bankKeys = { pinKeyBlob: 'AA', macKeyBlob: 'BB', keysNo: 1 };
  const store = createReferenceStore({ url: database.url, now: () => time });
  await store.findTerminal(terminalId);
  await store.saveTerminalSession(terminalId, session);
  expect((await store.findTerminal(terminalId))?.session).toEqual(session);
  expect(await store.beginBankSignIn(terminalId, { at: 1, replaces: undefined })).toBe(1);
  expect(await store.saveBankKeys(terminalId, bankKeys)).toEqual(bankKeys);
  await store.close();
  const restarted = createReferenceStore({ url: database.url, now: () => time });
  expect(await restarted.findTerminal(terminalId)).toEqual({ ...terminal, session, bankKeys });
  await restarted.close();
});

test('an engine that wakes up late does not put older bank keys over newer ones', async () => {
  const [one, other] = [1, 2].map(() =>
    createReferenceStore({ url: database.url, now: () => time }),
  ) as [ReturnType<typeof createReferenceStore>, ReturnType<typeof createReferenceStore>];
  const begin = { at: 1_763_776_800_000, replaces: undefined };
  const older = await one.beginBankSignIn(terminalId, begin);
  const newer = await other.beginBankSignIn(terminalId, begin);
  if (older === undefined || newer === undefined) throw new Error('the terminal is on record');
  const keysOf = (keysNo: number) => ({ pinKeyBlob: `P${keysNo}`, macKeyBlob: 'AA', keysNo });
  expect(await other.saveBankKeys(terminalId, keysOf(newer))).toEqual(keysOf(newer));
  expect(await one.saveBankKeys(terminalId, keysOf(older))).toEqual(keysOf(newer));
  expect((await one.findTerminal(terminalId))?.bankKeys).toEqual(keysOf(newer));
  await Promise.all([one.close(), other.close()]);
});

test('of engines that want to renew the same bank keys one does, and no other for a while', async () => {
  const store = createReferenceStore({ url: database.url, now: () => time });
  const at = 1_763_776_800_000;
  const renewalAt = (moment: number, keysNo: number) =>
    store.beginBankSignIn(terminalId, { at: moment, replaces: { keysNo, restMs: 60_000 } });
  const begun = await Promise.all([1, 2, 3, 4].map(() => renewalAt(at, 0)));
  expect(begun.filter((no) => no !== undefined)).toEqual([1]);
  expect(await renewalAt(at + 59_999, 0)).toBeUndefined();
  // Its engine died before it had an answer; and another's clock is behind.
  expect(await renewalAt(at + 60_000, 0)).toBe(2);
  expect(await renewalAt(at - 1, 0)).toBe(3);
  await store.saveBankKeys(terminalId, { pinKeyBlob: 'AA', macKeyBlob: 'BB', keysNo: 3 });
  expect(await renewalAt(at + 600_000, 0)).toBeUndefined();
  expect(await renewalAt(at + 600_000, 3)).toBe(4);
  // A terminal's own sign-in waits for nobody.
  expect(await store.beginBankSignIn(terminalId, { at, replaces: undefined })).toBe(5);
  const nobody = 'T9999999999' as TerminalId;
  expect(await store.beginBankSignIn(nobody, { at, replaces: undefined })).toBeUndefined();
  await store.close();
});

test('while the database is away, a sign-in is told so: it may simply be done again', async () => {
  const away = new URL(database.url);
  away.port = '1';
  const store = createReferenceStore({ url: away.href, now: () => time });
  const session = { signNo: '7', sealedPinKey: 'a', sealedMacKey: 'b', signedInAt: time };
  await expect(store.saveTerminalSession(terminalId, session)).rejects.toThrow(StoreUnavailable);
  await store.close();
});

test('a clock that is set back does not keep a disabled terminal on the register', async () => {
  const store = createReferenceStore({ url: database.url, now: () => time });
  await store.findTerminal(terminalId);
  await query(database.url, 'update terminal set is_enabled = false');
  time -= 3_600_000;
  expect((await store.findTerminal(terminalId))?.isEnabled).toBe(false);
  await store.close();
});

test('a terminal that was disabled elsewhere is held for as long as the cache says, or until told', async () => {
  const store = createReferenceStore({ url: database.url, now: () => time, cacheMs: 1_000 });
  await store.findTerminal(terminalId);
  await query(database.url, 'update terminal set is_enabled = false');
  time += 999;
  expect((await store.findTerminal(terminalId))?.isEnabled).toBe(true);
  time += 1;
  expect((await store.findTerminal(terminalId))?.isEnabled).toBe(false);
  await query(database.url, 'update terminal set is_enabled = true');
  expect((await store.findTerminal(terminalId))?.isEnabled).toBe(false);
  expect((await store.findTerminal(terminalId, 0))?.isEnabled).toBe(true);
  await query(database.url, 'update terminal set is_enabled = false');
  store.invalidate();
  expect((await store.findTerminal(terminalId))?.isEnabled).toBe(false);
  await query(database.url, 'update terminal set is_enabled = true');
  store.invalidate();
  expect((await store.findTerminal(terminalId))?.isEnabled).toBe(true);
  await store.close();
});

describe('a request that is taken once', () => {
  const forgetBefore = 1_795_305_000;
  const request = { created: 1_795_305_600, nonce: 'b3k2k3h5ac302uws', forgetBefore };

  test('two engines that get it at the same time take it once between them', async () => {
    const engines = [1, 2].map(() => createReferenceStore({ url: database.url, now: () => time }));
    const tries = Array.from({ length: 10 }, () => engines).flat();
    const taken = await Promise.all(tries.map((engine) => engine.acceptOnce(terminalId, request)));
    expect(taken.filter((answer) => answer === 'new')).toHaveLength(1);
    expect(taken.filter((answer) => answer === 'seen')).toHaveLength(19);
    const other = { ...request, nonce: 'b3k2k3h5ac302uwt' };
    expect(await engines[1]?.acceptOnce(terminalId, other)).toBe('new');
    for (const engine of engines) await engine.close();
  });

  test('the row remembers what could come again, and no more than a limit', async () => {
    const store = createReferenceStore({ url: database.url, now: () => time });
    for (let at = 0; at < 64; at++) {
      const nonce = `nonce-of-request-${at}`;
      expect(await store.acceptOnce(terminalId, { ...request, nonce })).toBe('new');
    }
    const next = { ...request, nonce: 'nonce-of-the-next' };
    expect(await store.acceptOnce(terminalId, next)).toBe('full');
    expect(await store.acceptOnce(terminalId, { ...request, nonce: 'nonce-of-request-0' })).toBe(
      'seen',
    );
    const later = { ...next, created: request.created + 200, forgetBefore: request.created + 20 };
    expect(await store.acceptOnce(terminalId, later)).toBe('new');
    const rows = await query(database.url, 'select once_requests from terminal');
    expect(rows).toEqual([{ once_requests: [`${later.created} ${later.nonce}`] }]);
    await store.close();
  });
});
