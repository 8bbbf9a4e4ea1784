/** Goal: administrators run the accounts of others, neither raise themselves nor lock everybody out. */
import { describe, expect, test } from 'vitest';
import type { OperatorAccount } from '../../../../../engine/domain/operator/account.ts';
import { isAccountName } from '../../../../../engine/domain/operator/account.ts';
import type { AccountOrder } from '../../../../../engine/domain/operator/administer.ts';
import { changeAccount } from '../../../../../engine/domain/operator/administer.ts';
import {
  isSessionOpen,
  SESSION_AGE_MAX_MS,
  SESSION_IDLE_MS,
} from '../../../../../engine/domain/operator/session.ts';

const wang: OperatorAccount = {
  name: 'wang',
  roles: ['finance'],
  scopes: { regions: ['441900'], institutions: [] },
  state: 'active',
  databaseLogin: 'wang_db',
  version: 3,
};
const administrator: OperatorAccount = {
  ...wang,
  name: 'li',
  roles: ['administrator'],
  scopes: { regions: ['000000'], institutions: [] },
};

function change(account: OperatorAccount, order: AccountOrder, by = 'zhao', administrators = 2) {
  const changed = changeAccount(account, order, { by, administrators });
  return changed.ok ? changed.value : changed.error;
}

describe('an account', () => {
  test('changes in what is named, and gets a new version', () => {
    expect(change(wang, { roles: ['auditor'] })).toEqual({
      ...wang,
      roles: ['auditor'],
      version: 4,
    });
    expect(change(wang, { databaseLogin: null })).toMatchObject({ databaseLogin: undefined });
    expect(change(wang, { state: 'suspended' })).toMatchObject({ state: 'suspended' });
  });

  test('is not changed by its own operator', () => {
    expect(change(wang, { roles: ['administrator'] }, 'wang')).toBe('OPERATOR_IS_SELF');
  });

  test('stays closed', () => {
    expect(change({ ...wang, state: 'closed' }, { state: 'active' })).toBe('OPERATOR_IS_CLOSED');
  });

  test.each([[{ regions: ['44190'], institutions: [] }], [{ regions: [], institutions: ['X1'] }]])(
    'takes no scope %j',
    (scopes) => {
      expect(change(wang, { scopes })).toBe('OPERATOR_SCOPE_INVALID');
    },
  );
});

test.each<[AccountOrder]>([
  [{ state: 'suspended' }],
  [{ roles: ['auditor'] }],
  [{ scopes: { regions: ['440000'], institutions: [] } }],
])('the last administrator stays: %j', (order) => {
  expect(change(administrator, order, 'zhao', 1)).toBe('OPERATOR_IS_LAST_ADMINISTRATOR');
  expect(change(administrator, order, 'zhao', 2)).toMatchObject({ name: 'li' });
});

test('a session ends when it is not used, and after a day’s work', () => {
  const session = { id: 's', operator: 'wang', startedAt: 0, lastUsedAt: 0, endedAt: undefined };
  expect(isSessionOpen(session, SESSION_IDLE_MS - 1)).toBe(true);
  expect(isSessionOpen(session, SESSION_IDLE_MS)).toBe(false);
  const used = (at: number) => isSessionOpen({ ...session, lastUsedAt: at - 1 }, at);
  expect(used(SESSION_AGE_MAX_MS - 1)).toBe(true);
  expect(used(SESSION_AGE_MAX_MS)).toBe(false);
  expect(isSessionOpen({ ...session, endedAt: 1 }, 2)).toBe(false);
});

test.each([
  ['wang.fang', true],
  ['w', false],
  ['Wang', false],
  ['wang fang', false],
  ['王芳', false],
  ['1wang', false],
])('%j is a name: %s', (name, isName) => {
  expect(isAccountName(name)).toBe(isName);
});
