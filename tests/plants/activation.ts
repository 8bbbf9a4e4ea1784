/** How policy packs come into force. */
import assert from 'node:assert/strict';
import type { PackVerdict } from '../../engine/flows/policy/activate-packs.ts';
import { activatePacks } from '../../engine/flows/policy/activate-packs.ts';
import { createPolicySource } from '../../engine/flows/policy/policy-source.ts';
import type { PolicyStore } from '../../engine/ports/reference-data.ts';
import { createPackRegistry } from '../../rules/packs/pack-registry.ts';
import { policy } from '../support/domain/builders.ts';
import { packWithoutAccount } from '../support/packs/pack-files.ts';
import { createPolicyTable, POLICY_MORNING } from '../support/packs/policy-table.ts';
import { compiled } from '../unit/rules/bill-builder.ts';
import { type Check, caughtBy } from './plant.ts';

type Office = {
  readonly activate: typeof activatePacks;
  readonly source: typeof createPolicySource;
};

const finding = { path: 'payers[0]', value: '1', rule: 'is wrong', zh: '错误' } as const;
const SHIPPED = '441900/2022-12-01-employee-pharmacy';
const NEW = '441900/2027-01-01-employee-pharmacy';

const activation: Check<Office> = {
  name: 'activation of packs',
  honest: () => ({ activate: activatePacks, source: createPolicySource }),
  async keeps({ activate, source }) {
    const { rows, store: table, readRevisions } = createPolicyTable();
    // It refuses nothing: whoever writes must not ask for it.
    const store: PolicyStore = {
      ...table,
      addChange(change, revision) {
        for (const { id } of change.packs) rows.delete(id);
        return table.addChange(change, revision);
      },
    };
    const activated = async (texts: readonly string[], errors = 0, replaces = [SHIPPED]) => {
      const files = texts.map((text, index) => ({ path: `${index}.json`, text }));
      const lint = () =>
        Array.from({ length: errors }, () => ({ ...finding, severity: 'error' }) as const);
      const deps = { shipped: policy.packs, store, readRevisions, operator: undefined, lint };
      await activate(
        { files, replaces, reason: undefined },
        { ...deps, now: () => POLICY_MORNING },
      );
      return rows.size;
    };
    const text = packWithoutAccount('2027-01-01');
    assert.equal(await activated([text], 1), 0, 'a pack that the linter refuses is activated');
    assert.equal(await activated([text, '{']), 0, 'some packs are activated though one is refused');
    assert.equal(await activated([text], 0, []), 0, 'a pack loses its bills without a word');
    const past = packWithoutAccount('2026-03-01');
    await activated([past]);
    assert.equal(rows.size, 0, 'one person alone changes bills of days gone by');
    assert.equal(await activated([text]), 1, 'a right pack is not activated');
    const name = { zh: '改', en: 'changed' };
    await activated([packWithoutAccount('2027-01-01', { name })]);
    assert.equal(rows.get(NEW)?.content, text, 'a pack is replaced under its id');
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    rows.set(NEW, { id: NEW, content: text, digest: 'other', activatedAt: 1 });
    const packs = source({ shipped: policy.packs, store, log });
    await packs.refresh();
    assert.equal(
      packs.current().byId(NEW),
      undefined,
      'a stored pack is not compared with its digest',
    );
  },
};

const believed = JSON.parse(packWithoutAccount('2027-01-01')) as object;

export const activationPlants = caughtBy(
  activation,
  {
    name: 'refused-pack-activated',
    bug: 'A pack in which the linter found an error is activated all the same.',
    breaks: 'A pack that the linter refuses rules no bill.',
    plant: ({ activate, source }) => ({
      activate: (order, deps) => activate(order, { ...deps, lint: () => [] }),
      source,
    }),
    says: 'a pack that the linter refuses is activated',
  },
  {
    name: 'half-an-activation',
    bug: 'Of several packs the good ones are activated though one was refused.',
    breaks: 'Nothing is activated while one of them is refused.',
    plant: ({ activate, source }) => ({
      async activate(order, deps) {
        const verdicts: PackVerdict[] = [];
        for (const file of order.files)
          verdicts.push(...(await activate({ ...order, files: [file] }, deps)).verdicts);
        return { verdicts, changeNo: undefined };
      },
      source,
    }),
    says: 'some packs are activated though one is refused',
  },
  {
    name: 'pack-replaced-under-its-id',
    bug: 'A pack is put on record over another of the same id; old bills cannot be recomputed.',
    breaks: 'A pack never changes once it was activated.',
    plant: ({ activate, source }) => ({
      activate: (order, deps) =>
        activate(order, { ...deps, store: { ...deps.store, listPacks: async () => [] } }),
      source,
    }),
    says: 'a pack is replaced under its id',
  },
  {
    name: 'silent-displacement',
    bug: 'Whatever pack loses bills to the new one counts as named.',
    breaks: 'No pack loses a bill unless it was named.',
    plant: ({ activate, source }) => ({
      async activate(order, deps) {
        const { verdicts } = await activate({ ...order, replaces: [] }, deps);
        const replaces = verdicts.flatMap(({ moves }) => moves.flatMap(({ from }) => from ?? []));
        return activate({ ...order, replaces }, deps);
      },
      source,
    }),
    says: 'a pack loses its bills without a word',
  },
  {
    name: 'past-changed-by-one',
    bug: 'A pack for days gone by comes into force by one person.',
    breaks: 'Bills of days gone by are paid otherwise only when two operators agree.',
    plant: ({ activate, source }) => ({
      activate: (order, deps) => activate(order, { ...deps, now: () => 0 }),
      source,
    }),
    says: 'one person alone changes bills of days gone by',
  },
  {
    name: 'stored-pack-believed',
    bug: 'A pack on record is compiled without comparing it with the digest of its activation.',
    breaks: 'A pack is what was activated under its id.',
    plant: ({ activate, source }) => ({
      activate,
      source: (options) => {
        const packs = source(options);
        return {
          ...packs,
          current: () => createPackRegistry([...packs.current().packs, compiled(believed)]),
        };
      },
    }),
    says: 'a stored pack is not compared with its digest',
  },
);
