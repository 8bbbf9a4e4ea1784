import { afterAll, describe, expect, test } from 'vitest';
import { findDifference, openContest } from '../../../bench/rules/contest.ts';
import type { Slice } from '../../../bench/rules/measure-rules.ts';
import { readPlainPolicy } from '../../../bench/rules/plain-policy.ts';
import { randomBills, tenLineBills } from '../../../bench/rules/rules-bills.ts';
import { rulesFigures } from '../../../bench/rules/rules-report.ts';
import { createZenPeer } from '../../../bench/rules/zen-peer.ts';

const contest = openContest();
afterAll(contest.zen.close);

describe('the rule engines that the rules are measured against', () => {
  test('split the measured bill as the kernel does', async () => {
    expect(await findDifference(contest, tenLineBills(8, contest.totals))).toBeUndefined();
  });

  test('split bills of every kind of person as the kernel does', async () => {
    expect(await findDifference(contest, randomBills(60, 158, contest.totals))).toBeUndefined();
  });

  test('a bill that a peer splits otherwise is found, with both answers', async () => {
    const mistaken = {
      ...contest.policy,
      deductible: contest.policy.deductible.map((choice) => ({ ...choice, standard: 130_000 })),
    };
    const bills = tenLineBills(1, contest.totals);
    const zen = createZenPeer(mistaken);
    const difference = await findDifference({ ...contest, zen }, bills);
    zen.close();
    expect(difference).toMatchObject({
      peer: 'zen-engine',
      kernel: { deductible: 120_000 },
      answer: { deductible: 70_000 },
    });
  });

  test('a policy of which they know only a part is refused', () => {
    const { file } = contest.pack;
    const { deductible } = file;
    if (deductible === undefined) throw new Error('the policy has a deductible');
    const words = { id: 'bj-poor', source: 'slips', zh: '困难人员免起付线', en: 'Waived' };
    const waivers = [{ when: { traits: ['poor'] }, ...words }];
    expect(() => readPlainPolicy({ ...file, deductible: { ...deductible, waivers } })).toThrow(
      'deductible: the peers have no "waivers"',
    );
  });
});

test('the ratio is taken within each round, against the faster peer', () => {
  const slice = (ns: number): Slice => ({ bills: 64, ns, cpuNs: ns });
  const round = (split: number, zen: number) => ({
    split: slice(split),
    explain: slice(2 * split),
    'json-rules-engine': slice(300_000),
    'zen-1': slice(400_000),
    'zen-32': slice(zen),
  });
  const rounds = [round(2_000, 60_000), round(4_000, 80_000), round(2_500, 100_000)];
  const figures = rulesFigures(rounds, [4_000]);
  const of = (id: string) => figures.find((figure) => figure.id === id);
  expect(of('rules.split.times-faster')).toMatchObject({
    ...{ value: 30, min: 20, max: 40, unit: 'x zen-32', goal: '>= 20', pass: true },
  });
  expect(of('rules.explain.times-faster')).toMatchObject({ value: 15, pass: false });
  expect(of('rules.split.core-share-at-4000')).toMatchObject({ value: 1, pass: false });
});
