import { expect, test } from 'vitest';
import {
  judgeBacklog,
  judgeDatabase,
  judgeMonths,
} from '../../../../engine/compose/judge-database.ts';

const books = {
  missingRoles: [],
  missingRights: [],
  hasNextMonth: true,
  strayRows: 0,
  openReversals: 0,
  oldestOpenSince: undefined,
  overdueSettlements: 0,
  sealedKey: undefined,
};
const facts = { serverVersion: 150_020, isOwner: true, missingMigrations: [], nowMs: 0, books };

test('PostgreSQL 15 serves, 14 is a fault; the owner’s login is right for the embedded database only', () => {
  expect(judgeDatabase({ ...facts, serverVersion: 140_015 }, true).state).toBe('fault');
  expect(judgeDatabase(facts, true).state).toBe('ok');
  expect(judgeDatabase(facts, false).state).toBe('advice');
  expect(judgeDatabase({ ...facts, isOwner: false }, false).state).toBe('ok');
});

test('rows in the default partitions are a fault, also when the next month is there', () => {
  expect(judgeMonths({ ...books, strayRows: 3 })).toMatchObject({
    state: 'fault',
    en: '3 rows wait in the default ones; run yikatong months run in a quiet hour',
  });
});

test('a settlement that is past its deadline by an hour is a fault', () => {
  expect(judgeBacklog({ ...books, overdueSettlements: 2 }, 0, 1_000)).toMatchObject({
    state: 'fault',
    en: expect.stringContaining('make sure that an engine runs'),
  });
  const open = { ...books, openReversals: 1, oldestOpenSince: 9_000 };
  expect(judgeBacklog(open, 10_000, 1_000).state).toBe('ok');
  expect(judgeBacklog(open, 10_001, 1_000).state).toBe('fault');
});
