/** Goal: what takes two people is approved by a second person, in time, and once. */
import { describe, expect, test } from 'vitest';
import type { Principal } from '../../../../../engine/domain/principal/principal.ts';
import { systemPrincipal } from '../../../../../engine/domain/principal/principal.ts';
import type { Proposal } from '../../../../../engine/domain/principal/proposal.ts';
import { judgeApproval, judgeWithdrawal } from '../../../../../engine/domain/principal/proposal.ts';

const operator = (id: string, session?: string): Principal => ({
  ...{ kind: 'operator', id, roles: new Set(['finance']) },
  scopes: { regions: ['441900'], institutions: [] },
  ...(session !== undefined && { session }),
});
const proposal: Proposal = {
  ...{ proposalNo: 7n, action: 'credits.release', region: '441900', institution: undefined },
  ...{ content: { file: 'a1' }, reason: '每月划拨', by: { id: 'wang', session: 's1' } },
  ...{ at: 1_000, expiresAt: 2_000, end: undefined },
};

function approval(by: Principal, change: Partial<Proposal> = {}, at = 1_500): string {
  const judged = judgeApproval({ ...proposal, ...change }, by, at);
  return judged.ok ? 'ok' : judged.error;
}

describe('an approval', () => {
  test('is another person’s, in another session', () => {
    expect(approval(operator('li', 's2'))).toBe('ok');
    expect(approval(operator('li'))).toBe('ok');
    const same = 'PROPOSAL_NEEDS_SECOND_PERSON';
    expect(approval(operator('wang', 's2'))).toBe(same);
    expect(approval(operator('wang'))).toBe(same);
    expect(approval(operator('li', 's1'))).toBe(same);
    expect(approval(systemPrincipal('job'))).toBe(same);
  });

  test('comes in time', () => {
    expect(approval(operator('li'), {}, 1_999)).toBe('ok');
    expect(approval(operator('li'), {}, 2_000)).toBe('PROPOSAL_EXPIRED');
  });

  test('is given once; who has given it finishes what was cut off', () => {
    const by = { id: 'li', session: 's2' };
    const end = { verdict: 'approved', by, at: 1_400 } as const;
    expect(approval(operator('li', 's3'), { end }, 9_000)).toBe('ok');
    expect(approval(operator('zhao'), { end })).toBe('PROPOSAL_ENDED');
    const withdrawn = { ...end, verdict: 'withdrawn' } as const;
    expect(approval(operator('li'), { end: withdrawn })).toBe('PROPOSAL_ENDED');
  });
});

test('only the proposer withdraws, while it is open', () => {
  expect(judgeWithdrawal(proposal, operator('wang', 's9')).ok).toBe(true);
  expect(judgeWithdrawal(proposal, operator('li'))).toMatchObject({ error: 'PROPOSAL_OF_ANOTHER' });
  const end = { verdict: 'withdrawn', by: { id: 'wang', session: 's1' }, at: 1 } as const;
  const ended = judgeWithdrawal({ ...proposal, end }, operator('wang'));
  expect(ended).toMatchObject({ error: 'PROPOSAL_ENDED' });
});
