/** Who acts: sessions, codes, two people, and where an operator is responsible. */
import assert from 'node:assert/strict';
import type { Credential, TriedFactors } from '../../engine/domain/operator/credential.ts';
import { beginTry, finishTry, WRONG_TRIES_MAX } from '../../engine/domain/operator/credential.ts';
import { authorise } from '../../engine/domain/principal/authorise.ts';
import type { Principal } from '../../engine/domain/principal/principal.ts';
import type { Proposal } from '../../engine/domain/principal/proposal.ts';
import { judgeApproval } from '../../engine/domain/principal/proposal.ts';

import { findSignedIn } from '../../engine/flows/operator/operator-session.ts';
import type { SessionFound } from '../../engine/ports/operators.ts';
import { type Check, caughtBy } from './plant.ts';

const officer = (id: string, session?: string): Principal => ({
  ...{ kind: 'operator', id, roles: new Set(['finance']) },
  scopes: { regions: ['441000'], institutions: [] },
  ...(session !== undefined && { session }),
});

type FindSession = typeof findSignedIn;
type Known = { readonly found: SessionFound; readonly at: number };

const found: SessionFound = {
  session: { id: 's', operator: 'wang', startedAt: 0, lastUsedAt: 0, endedAt: undefined },
  account: {
    ...{ name: 'wang', roles: ['finance'], state: 'active', version: 1 },
    ...{ scopes: { regions: ['441900'], institutions: [] }, databaseLogin: undefined },
  },
  mustChange: false,
};

async function isIn(find: FindSession, { found: known, at }: Known): Promise<boolean> {
  const unused = async () => undefined;
  const operators = { findSession: async () => known, noteSession: unused };
  const deps = { operators, environment: { now: () => at } };
  return (await find(deps, 'token')).ok;
}

const sessions: Check<FindSession> = {
  name: 'sessions of operators',
  honest: () => findSignedIn,
  async keeps(find) {
    const with_ = (part: Partial<SessionFound['account']>) => ({
      found: { ...found, account: { ...found.account, ...part } },
      at: 1,
    });
    assert.equal(await isIn(find, { found, at: 1 }), true, 'an open session is refused');
    const suspended = await isIn(find, with_({ state: 'suspended' }));
    assert.equal(suspended, false, 'a suspended operator goes on');
    const ended = { ...found, session: { ...found.session, endedAt: 1 } };
    assert.equal(await isIn(find, { found: ended, at: 2 }), false, 'a signed-out session is used');
    const late = { found, at: 16 * 60_000 };
    assert.equal(await isIn(find, late), false, 'a forgotten session stays open');
  },
};

/** A session as the planted bug sees it: read again, and judged by less. */
function trusting(
  change: (known: SessionFound) => SessionFound,
): (find: FindSession) => FindSession {
  return (find) => async (deps, token) => {
    const known = await deps.operators.findSession(new Uint8Array());
    const operators = { ...deps.operators, findSession: async () => known && change(known) };
    return find({ ...deps, operators }, token);
  };
}

const sessionPlants = caughtBy(
  sessions,
  {
    name: 'suspended-operator-goes-on',
    bug: 'The account is remembered from the sign-in and not read again.',
    breaks: 'Whoever is suspended is out with their next request.',
    plant: trusting((known) => ({ ...known, account: { ...known.account, state: 'active' } })),
    says: 'a suspended operator goes on',
  },
  {
    name: 'sign-out-forgotten',
    bug: 'A sign-out ends the session in one engine only; the others do not look.',
    breaks: 'A session that was ended opens nothing.',
    plant: trusting((known) => ({ ...known, session: { ...known.session, endedAt: undefined } })),
    says: 'a signed-out session is used',
  },
);

type Tries = { readonly beginTry: typeof beginTry; readonly finishTry: typeof finishTry };

const fresh: Credential = {
  ...{ passwordHash: '', mustChange: false, sealedSecret: '', lastStep: 5 },
  ...{ wrongTries: 0, lockedUntil: undefined },
};
const right: TriedFactors = { isPasswordRight: true, step: 6 };

const tries: Check<Tries> = {
  name: 'second factor',
  honest: () => ({ beginTry, finishTry }),
  keeps({ beginTry: begin, finishTry: finish }) {
    const first = finish(fresh, right);
    assert.ok(first.ok, 'both factors are refused');
    assert.equal(finish(first.value, right).ok, false, 'a code is taken twice');
    assert.equal(finish(first.value, { ...right, step: 5 }).ok, false, 'an older code is taken');
    let credential = fresh;
    for (let i = 0; i < WRONG_TRIES_MAX; i += 1) {
      const begun = begin(credential, i);
      assert.ok(begun.ok, 'a try is refused too early');
      credential = begun.value;
    }
    assert.equal(begin(credential, 9).ok, false, 'a sixth try is compared');
  },
};

const tryPlants = caughtBy(
  tries,
  {
    name: 'totp-code-twice',
    bug: 'The step of the last code is not kept: whoever looks over a shoulder signs in with it.',
    breaks: 'A code is good once.',
    plant: ({ finishTry: finish, ...rest }) => ({
      ...rest,
      finishTry: (credential, tried) => finish({ ...credential, lastStep: 0 }, tried),
    }),
    says: 'a code is taken twice',
  },
  {
    name: 'operator-tries-in-memory',
    bug: 'Wrong tries are counted after the comparison: a crash, or eight tries at once, are free.',
    breaks: 'At most five wrong tries are compared in a row.',
    plant: ({ beginTry: begin, ...rest }) => ({
      ...rest,
      beginTry(credential, at) {
        const begun = begin(credential, at);
        return begun.ok
          ? { ok: true, value: { ...begun.value, wrongTries: 0, lockedUntil: undefined } }
          : begun;
      },
    }),
    says: 'a sixth try is compared',
  },
);

const proposal: Proposal = {
  ...{ proposalNo: 1n, action: 'credits.release', region: '441900', institution: undefined },
  ...{ content: {}, reason: 'r', by: { id: 'wang', session: 's1' } },
  ...{ at: 0, expiresAt: 10, end: undefined },
};

const approvals: Check<typeof judgeApproval> = {
  name: 'approvals',
  honest: () => judgeApproval,
  keeps(judge) {
    assert.ok(judge(proposal, officer('li', 's2'), 1).ok, 'nobody can approve');
    const own = judge(proposal, officer('wang', 's2'), 1);
    assert.equal(own.ok, false, 'the proposer approves their own proposal');
    const same = judge(proposal, officer('li', 's1'), 1);
    assert.equal(same.ok, false, 'one session is two people');
    assert.equal(
      judge(proposal, officer('li', 's2'), 10).ok,
      false,
      'a stale proposal is approved',
    );
  },
};

const approvalPlants = caughtBy(
  approvals,
  {
    name: 'own-proposal-approved',
    bug: 'Two sessions count as two people: one operator signs in twice and approves.',
    breaks: 'What takes two people is done by two.',
    plant: (judge) => (known, by, at) => {
      const isOtherSession = known.by.session !== by.session;
      const other = { ...known, by: { ...known.by, id: `${known.by.id}?` } };
      return isOtherSession ? judge(other, by, at) : judge(known, by, at);
    },
    says: 'the proposer approves their own proposal',
  },
  {
    name: 'approval-without-end',
    bug: 'A proposal does not lapse: one from last year is approved unread.',
    breaks: 'A proposal is approved in time or not at all.',
    plant: (judge) => (known, by) => judge(known, by, known.at),
    says: 'a stale proposal is approved',
  },
);

const responsibility: Check<typeof authorise> = {
  name: 'who may do what, where',
  honest: () => authorise,
  keeps(ask) {
    const release = (region: string, by = officer('li')) =>
      ask(by, 'credits.release', { regions: [region] }).ok;
    assert.equal(release('441001'), true, 'an officer may not act in their own region');
    assert.equal(release('441900'), false, 'a region is matched by digits and not by pairs');
    const county = { ...officer('li'), scopes: { regions: ['441900'], institutions: [] } };
    assert.equal(release('440000', county), false, 'a part of a province acts for the whole');
    const cashier: Principal = { ...officer('li'), roles: new Set(['cashier']) };
    assert.equal(release('441001', cashier), false, 'a role does what is another one’s');
  },
};

const responsibilityPlants = caughtBy(
  responsibility,
  {
    name: 'region-by-digits',
    bug: 'Zeros at the end of a region’s code are cut one by one: 441000 reaches 441900.',
    breaks: 'Nobody acts where they are not responsible.',
    plant: (ask) => (by, action, scope) => {
      const reaches = (outer: string) => (inner: string) =>
        inner.startsWith(outer.replace(/0+$/, ''));
      const [inner = ''] = scope.regions ?? [];
      const regions = by.scopes.regions.some((outer) => reaches(outer)(inner)) ? [inner] : [];
      return ask({ ...by, scopes: { ...by.scopes, regions } }, action, scope);
    },
    says: 'a region is matched by digits and not by pairs',
  },
  {
    name: 'part-for-the-whole',
    bug: 'Regions are compared in both directions: a city’s officer acts for the province.',
    breaks: 'A scope covers what lies below it, and nothing above.',
    plant: (ask) => (by, action, scope) => {
      const [inner = ''] = scope.regions ?? [];
      const isAbove = by.scopes.regions.some((outer) => outer.startsWith(inner.slice(0, 2)));
      const isWhole = inner.endsWith('0000');
      if (!isWhole || !isAbove) return ask(by, action, scope);
      return ask({ ...by, scopes: { ...by.scopes, regions: [inner] } }, action, scope);
    },
    says: 'a part of a province acts for the whole',
  },
);

export const operatorPlants = [
  ...sessionPlants,
  ...tryPlants,
  ...approvalPlants,
  ...responsibilityPlants,
];
