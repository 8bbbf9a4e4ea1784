// Goal: an approval is believed only as the answer to its own leg.
import { describe, expect, test } from 'vitest';
import type { BankLeg } from '../../../../../engine/domain/leg/bank-leg.ts';
import { judgeApproval } from '../../../../../engine/flows/leg/judge-approval.ts';
import type { BankOutcome, BankReply } from '../../../../../engine/ports/bank.ts';
import { flowDeps } from '../../../../support/flows/flow-deps.ts';

/** 2026-11-22 10:00:00 in China. */
const SENT = Date.parse('2026-11-22T10:00:00+08:00');
const leg = { kind: 'sale', openSince: SENT, stan: 7, batch: 1 } as BankLeg;
const reply: BankReply = {
  ...{ responseCode: '00', rrn: '112200000001', authCode: '000001' },
  ...{ hostTime: '100001', hostDate: '1122', issuerAuthData: undefined },
};
const approvedWith = (change: Partial<BankReply> = {}): BankOutcome => ({
  kind: 'approved',
  reply: { ...reply, ...change },
});
const chipData = (atc: string) => `9F3602${atc}`;

function judgeWith(hasOtherLeg: () => Promise<boolean>) {
  const seen = { left: 0, logged: [] as string[] };
  const onTraceUsed = () => {
    seen.left += 1;
  };
  const { store, ...deps } = flowDeps();
  const judging = {
    ...deps,
    store: { ...store, hasOtherLeg },
    onTraceUsed,
    log: { ...deps.log, error: (event: string) => void seen.logged.push(event) },
  };
  return {
    seen,
    judge: (outcome: BankOutcome, change: Partial<BankLeg> = {}, chip = '') =>
      judgeApproval(judging, { ...leg, ...change }, outcome, chip),
  };
}

const nobody = async () => false;
const copy = { kind: 'not-sent', reason: 'trace-used' };
const doubtful = { kind: 'unknown', reason: 'stale' };

describe("the card's counter settles it", () => {
  test('the same: its own, whatever the host’s clock says, and nothing is looked up', async () => {
    const { judge } = judgeWith(() => Promise.reject(new Error('not asked')));
    const outcome = approvedWith({ atc: 5, hostTime: '000000' });
    expect(await judge(outcome, {}, chipData('0005'))).toBe(outcome);
  });

  test('another: a copy, and its trace numbers are left', async () => {
    const { judge, seen } = judgeWith(nobody);
    expect(await judge(approvedWith({ atc: 4 }), {}, chipData('0005'))).toMatchObject(copy);
    expect(seen).toEqual({ left: 1, logged: ['bank-answer-disbelieved'] });
  });
});

describe('without the counter', () => {
  test('a reference that stands on another leg is a copy', async () => {
    const { judge, seen } = judgeWith(async () => true);
    expect(await judge(approvedWith(), {}, chipData('0005'))).toMatchObject(copy);
    expect(seen.left).toBe(1);
  });

  test('a reference that cannot be looked up is a doubt', async () => {
    const { judge } = judgeWith(() => Promise.reject(new Error('away')));
    expect(await judge(approvedWith())).toMatchObject(doubtful);
  });

  test.each([
    ['a second later', '1122', '100001', 'own'],
    ['five minutes before', '1122', '095500', 'own'],
    ['a second more before', '1122', '095459', 'doubtful'],
    ['the day before', '1121', '100000', 'doubtful'],
    ['ahead of us', '1122', '235959', 'own'],
    ['no time', '', '', 'own'],
  ])('a host time %s is %s', async (_name, hostDate, hostTime, verdict) => {
    const { judge, seen } = judgeWith(nobody);
    const outcome = approvedWith({ hostDate, hostTime });
    const judged = await judge(outcome);
    if (verdict === 'own') expect(judged).toBe(outcome);
    else expect(judged).toMatchObject(doubtful);
    // A doubt is reversed; that trace numbers were used before is not shown by it.
    expect(seen.left).toBe(0);
  });

  test('the turn of the year: December is not eleven months ahead', async () => {
    const { judge } = judgeWith(nobody);
    const openSince = Date.parse('2027-01-01T00:00:01+08:00');
    const outcome = approvedWith({ hostDate: '1231', hostTime: '235959' });
    expect(await judge(outcome, { openSince })).toBe(outcome);
  });

  test("a repeated refund gets the host's first answer, however old", async () => {
    const { judge } = judgeWith(nobody);
    const outcome = approvedWith({ hostDate: '1120' });
    expect(await judge(outcome, { kind: 'refund' })).toBe(outcome);
  });
});

test('what is no approval passes as it is', async () => {
  const { judge } = judgeWith(() => Promise.reject(new Error('not asked')));
  const declined: BankOutcome = { kind: 'declined', reply };
  expect(await judge(declined)).toBe(declined);
});
