// Goal: the pack that was activated is the one that pays; no pack loses a bill without a word, and every step can be taken back.
import { describe, expect, test } from 'vitest';
import { activatePacks } from '../../../../../engine/flows/policy/activate-packs.ts';
import { approveChange } from '../../../../../engine/flows/policy/approve-change.ts';
import { listPolicy } from '../../../../../engine/flows/policy/list-policy.ts';
import { createPolicySource } from '../../../../../engine/flows/policy/policy-source.ts';
import { withdrawPack } from '../../../../../engine/flows/policy/withdraw-pack.ts';
import { lintPack } from '../../../../../rules/lint/lint-pack.ts';
import { policy } from '../../../../support/domain/builders.ts';
import { packWithoutAccount } from '../../../../support/packs/pack-files.ts';
import {
  createPolicyTable,
  POLICY_DAY,
  POLICY_MORNING,
} from '../../../../support/packs/policy-table.ts';

const SHIPPED = '441900/2022-12-01-employee-pharmacy';
const [PAST, FUTURE] = ['2026-03-01', '2027-01-01'];
const idOf = (day: string, name = 'employee-pharmacy') => `441900/${day}-${name}`;
const named = (day: string, name: string) => packWithoutAccount(day, { id: idOf(day, name) });

function createOffice() {
  const table = createPolicyTable();
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const engine = createPolicySource({ shipped: policy.packs, store: table.store, log });
  const depsOf = (operator: string | undefined) => {
    table.by = operator ?? 'owner';
    const { store, readRevisions } = table;
    const shipped = policy.packs;
    return { shipped, store, readRevisions, operator, lint: lintPack, now: () => POLICY_MORNING };
  };
  return {
    table,
    engine,
    async activate(text: string, replaces: readonly string[] = [], operator?: string) {
      const files = [{ path: 'pack.json', text }];
      const order = { files, replaces, reason: undefined };
      const { verdicts, changeNo } = await activatePacks(order, depsOf(operator));
      const [judged] = verdicts;
      if (judged === undefined) throw new Error('there is a verdict for each file');
      return {
        ...judged,
        changeNo,
        why: judged.reasons.map(({ zh, en }) => `${zh}\n${en}`).join('\n'),
      };
    },
    withdraw: (id: string, operator?: string) =>
      withdrawPack({ id, reason: 'letter 2026-118' }, depsOf(operator)),
    approve: (changeNo: number, operator?: string) => approveChange(changeNo, depsOf(operator)),
    list: () => listPolicy('441900', depsOf('li')),
    /** The pack by which a running engine splits a pharmacy's bill of the day. */
    async payingOn(serviceDate: string) {
      await engine.refresh();
      const query = { region: '441900', scheme: '310', careType: '41', serviceDate };
      return engine.current().find(query)?.id;
    },
  };
}

describe('a pack that takes bills from another', () => {
  test('is refused until it names that pack, and is told from when and for how many settlements', async () => {
    const office = createOffice();
    office.table.settlements.push({ pack: SHIPPED, day: '2027-01-02' });
    const refused = await office.activate(packWithoutAccount(FUTURE));
    expect(refused.verdict).toBe('refused');
    expect(refused.why).toContain(`取代 ${SHIPPED}：统筹区 441900，险种 310，医疗类别 41`);
    expect(refused.why).toContain(`takes the place of ${SHIPPED}`);
    expect(refused.why).toContain(`from ${FUTURE} on; 1 settlements since then were split by`);
    expect(refused.why).toContain(`--replaces ${SHIPPED}`);
    expect(await office.payingOn(FUTURE)).toBe(SHIPPED);
    const activated = await office.activate(packWithoutAccount(FUTURE), [SHIPPED]);
    expect(activated.verdict).toBe('activated');
    expect(activated.moves).toMatchObject([{ from: SHIPPED, firstDay: FUTURE, settlements: 1 }]);
    expect(await office.payingOn(FUTURE)).toBe(idOf(FUTURE));
    expect(await office.payingOn('2026-12-31')).toBe(SHIPPED);
  });

  test('from the same day: refused, and as a replacement it is the one that pays', async () => {
    const office = createOffice();
    await office.activate(named(FUTURE, 'wrong'), [SHIPPED]);
    const refused = await office.activate(named(FUTURE, 'right'));
    expect([refused.verdict, refused.why]).toEqual([
      'refused',
      expect.stringContaining(`--replaces ${idOf(FUTURE, 'wrong')}`),
    ]);
    expect(await office.payingOn(FUTURE)).toBe(idOf(FUTURE, 'wrong'));
    const wrong = [idOf(FUTURE, 'wrong')];
    expect((await office.activate(named(FUTURE, 'right'), wrong)).verdict).toBe('activated');
    expect(await office.payingOn(FUTURE)).toBe(idOf(FUTURE, 'right'));
    // A settlement that names the wrong one still finds it.
    expect(office.engine.current().byId(idOf(FUTURE, 'wrong'))).toBeDefined();
  });

  test('that begins earlier than what it corrects pays from its own first day on', async () => {
    const office = createOffice();
    await office.activate(named('2027-03-01', 'wrong'), [SHIPPED]);
    const both = [idOf('2027-03-01', 'wrong'), SHIPPED];
    await office.activate(named(FUTURE, 'right'), both);
    expect(await office.payingOn('2027-04-01')).toBe(idOf(FUTURE, 'right'));
  });

  test('a name from which no bill passes is refused: it was meant for another', async () => {
    const office = createOffice();
    const stray = '110000/2023-01-01-employee-outpatient';
    const refused = await office.activate(packWithoutAccount(FUTURE), [SHIPPED, stray]);
    expect([refused.verdict, refused.why]).toEqual(['refused', expect.stringContaining(stray)]);
  });
});

test('a pack that would pay no bill is not acknowledged', async () => {
  const office = createOffice();
  const refused = await office.activate(
    packWithoutAccount('2022-01-01', { effectiveTo: '2022-06-30', testOnly: true }),
  );
  expect([refused.verdict, refused.why]).toEqual([
    'refused',
    expect.stringContaining('no bill would be paid by it'),
  ]);
});

test('activation makes the checks that rules check makes of packs together', async () => {
  const office = createOffice();
  const refused = await office.activate(packWithoutAccount(FUTURE, { benefitYearStart: '07-01' }), [
    SHIPPED,
  ]);
  expect(refused.findings.map(({ rule }) => rule)).toContainEqual(
    expect.stringContaining('which keeps totals for the same person'),
  );
  expect(refused.findings.map(({ rule }) => rule)).toContainEqual(
    expect.stringContaining('not called as its id says'),
  );
});

test('the same order again, after its answer was lost, is as it was', async () => {
  const office = createOffice();
  await office.activate(packWithoutAccount(FUTURE), [SHIPPED]);
  expect(await office.activate(packWithoutAccount(FUTURE), [SHIPPED])).toMatchObject({
    verdict: 'known',
    reasons: [],
  });
});

describe('bills of days gone by', () => {
  test('are paid otherwise only when a second operator agrees', async () => {
    const office = createOffice();
    office.table.settlements.push({ pack: SHIPPED, day: PAST }, { pack: SHIPPED, day: POLICY_DAY });
    const alone = await office.activate(packWithoutAccount(PAST), [SHIPPED]);
    expect([alone.verdict, alone.why]).toEqual(['refused', expect.stringContaining('两名操作员')]);
    const proposed = await office.activate(packWithoutAccount(PAST), [SHIPPED], 'wang');
    expect([proposed.verdict, proposed.changeNo]).toEqual(['proposed', 1]);
    expect(proposed.moves).toMatchObject([{ settlements: 2 }]);
    expect(await office.payingOn(PAST)).toBe(SHIPPED);
    expect((await office.list()).changes).toMatchObject([{ state: 'waits', by: 'wang' }]);
    expect(await office.approve(1)).toMatchObject({ ok: false });
    expect(await office.approve(1, 'wang')).toMatchObject({
      ok: false,
      error: { en: expect.stringContaining('another operator') },
    });
    expect(await office.payingOn(PAST)).toBe(SHIPPED);
    expect(await office.approve(1, 'li')).toMatchObject({ ok: true });
    expect(await office.payingOn(PAST)).toBe(idOf(PAST));
    expect(await office.approve(1, 'zhao')).toMatchObject({ ok: false });
    expect((await office.list()).changes).toMatchObject([
      { state: 'in-force', by: 'wang', approval: { by: 'li' } },
    ]);
  });

  test('a pack of today is activated by one person: only earlier days are gone by', async () => {
    const office = createOffice();
    expect((await office.activate(packWithoutAccount(POLICY_DAY), [SHIPPED])).verdict).toBe(
      'activated',
    );
  });

  test('a proposal is void once other packs pay than was told', async () => {
    const office = createOffice();
    await office.activate(named(PAST, 'a'), [SHIPPED], 'wang');
    await office.activate(named(PAST, 'b'), [SHIPPED], 'wang');
    expect(await office.approve(2, 'li')).toMatchObject({ ok: true });
    expect((await office.list()).changes.map(({ changeNo, state }) => [changeNo, state])).toEqual([
      [2, 'in-force'],
      [1, 'void'],
    ]);
    expect(await office.approve(1, 'li')).toMatchObject({
      ok: false,
      error: { en: expect.stringContaining('propose it again') },
    });
    expect(await office.payingOn(PAST)).toBe(idOf(PAST, 'b'));
  });
});

describe('a withdrawn pack', () => {
  test('pays no bill any more, what it replaced pays again, and its settlements find it', async () => {
    const office = createOffice();
    await office.activate(packWithoutAccount(FUTURE), [SHIPPED]);
    expect(await office.payingOn(FUTURE)).toBe(idOf(FUTURE));
    const withdrawn = await office.withdraw(idOf(FUTURE));
    expect(withdrawn).toMatchObject({
      ok: true,
      value: { isWaiting: false, moves: [{ from: idOf(FUTURE), to: SHIPPED, firstDay: FUTURE }] },
    });
    expect(await office.payingOn(FUTURE)).toBe(SHIPPED);
    expect(office.engine.current().byId(idOf(FUTURE))).toBeDefined();
  });

  test('what a correction corrected does not come back with the withdrawal of a third', async () => {
    const office = createOffice();
    await office.activate(named(FUTURE, 'a'), [SHIPPED]);
    await office.activate(named(FUTURE, 'b'), [idOf(FUTURE, 'a')]);
    await office.activate(named(FUTURE, 'c'), [idOf(FUTURE, 'b')]);
    await office.withdraw(idOf(FUTURE, 'b'));
    expect(await office.payingOn(FUTURE)).toBe(idOf(FUTURE, 'c'));
  });

  test('that has begun takes two, and a withdrawal is taken back by activating it again', async () => {
    const office = createOffice();
    expect(await office.withdraw(SHIPPED)).toMatchObject({ ok: false });
    expect(await office.withdraw(SHIPPED, 'wang')).toMatchObject({ value: { isWaiting: true } });
    expect(await office.payingOn(POLICY_DAY)).toBe(SHIPPED);
    expect(await office.approve(1, 'li')).toMatchObject({ ok: true });
    expect(await office.payingOn(POLICY_DAY)).toBeUndefined();
    expect(await office.withdraw(SHIPPED, 'wang')).toMatchObject({ ok: false });
    const file = JSON.stringify(policy.byId(SHIPPED)?.file);
    expect((await office.activate(file)).verdict).toBe('activated');
    expect(await office.payingOn(POLICY_DAY)).toBe(SHIPPED);
  });

  test('an id that nobody knows is refused', async () => {
    expect(await createOffice().withdraw('441900/2030-01-01-none')).toMatchObject({ ok: false });
  });
});

test('a pack that was replaced is brought back by activating it in place of the other', async () => {
  const office = createOffice();
  const [a, b] = [idOf(FUTURE, 'a'), idOf(FUTURE, 'b')];
  await office.activate(named(FUTURE, 'a'), [SHIPPED]);
  await office.activate(named(FUTURE, 'b'), [a]);
  expect((await office.activate(named(FUTURE, 'a'))).verdict).toBe('refused');
  expect((await office.activate(named(FUTURE, 'a'), [b])).verdict).toBe('activated');
  expect(await office.payingOn(FUTURE)).toBe(a);
  expect((await office.activate(named(FUTURE, 'a'))).verdict).toBe('known');
});

test('two changes at one moment: the second is judged again by what the first did', async () => {
  const office = createOffice();
  const [one, two] = await Promise.all([
    office.activate(named(FUTURE, 'a'), [SHIPPED]),
    office.activate(named(FUTURE, 'b'), [SHIPPED]),
  ]);
  expect([one.verdict, two.verdict].sort()).toEqual(['activated', 'refused']);
});

test('the list says which pack pays from when', async () => {
  const office = createOffice();
  await office.activate(packWithoutAccount(FUTURE), [SHIPPED]);
  const { periods } = await office.list();
  const pharmacy = periods.filter(({ careType, scheme }) => careType === '41' && scheme === '310');
  expect(pharmacy.map(({ firstDay, pack }) => [firstDay, pack])).toEqual([
    ['2022-12-01', SHIPPED],
    [FUTURE, idOf(FUTURE)],
  ]);
});
