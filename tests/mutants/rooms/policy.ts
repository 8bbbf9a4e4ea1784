import type { Room } from '../mutant.ts';

const activate = 'engine/flows/activate-packs.ts';
const ofActivation = 'tests/unit/engine/cli/rules-activate.test.ts';
const ofSource = 'tests/unit/engine/flows/policy-source.test.ts';
const ofCatalogues = 'tests/integration/engine/store/catalogue-store.test.ts';

export const policy: Room = {
  title: 'Packs and catalogues as data',
  mutants: [
    {
      name: 'refused-pack-activated',
      bug: 'A pack in which the linter found an error is activated all the same.',
      breaks: 'A pack that the linter refuses rules no bill.',
      file: activate,
      from: "if (findings.some(({ severity }) => severity === 'error')) {",
      to: 'if (findings.length < 0) {',
      tests: [ofActivation],
    },
    {
      name: 'pack-replaced-under-its-id',
      bug: 'A pack is put on record over another of the same id; old bills cannot be recomputed.',
      breaks: 'A pack never changes once it was activated.',
      file: activate,
      from: "if (before !== undefined) return refused({ ...judged, verdict: 'refused' }, otherContent);",
      to: '',
      tests: [ofActivation],
    },
    {
      name: 'half-an-activation',
      bug: 'Of several packs the good ones are activated though one was refused.',
      breaks: 'Nothing is activated while one of them is refused.',
      file: activate,
      from: 'const isWanted = !isRefused(candidates) && stored.length > 0;',
      to: 'const isWanted = stored.length > 0;',
      tests: [ofActivation],
    },
    {
      name: 'stored-pack-believed',
      bug: 'A pack on record is compiled without comparing it with the digest of its activation.',
      breaks: 'A pack is what was activated under its id.',
      file: 'engine/flows/policy-source.ts',
      from: 'read.value.pack.id === id && read.value.digest === digest',
      to: 'read.value.pack.id === id',
      tests: [ofSource],
    },
    {
      name: 'catalogue-switched-on-half-written',
      bug: 'A catalogue is switched on while some of its items are still missing.',
      breaks: 'A catalogue is there as a whole, or not at all.',
      file: 'engine/store/catalogue-store.ts',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text
      from: 'invariant(stored === BigInt(items), `the version has ${stored} of ${items} items`);',
      to: '',
      tests: [ofCatalogues],
    },
    {
      name: 'overtaken-import-switched-on',
      bug: 'An import that another one has cleared away is switched on with what is left of it.',
      breaks: 'A catalogue is there as a whole, or not at all.',
      file: 'engine/store/catalogue-store.ts',
      from: '.set({ items: SPOILT })',
      to: '.set({ items: 0 })',
      tests: [ofCatalogues],
    },
    {
      name: 'half-read-catalogue-serves',
      bug: 'A catalogue that goes away while it is read serves with the items that came through.',
      breaks: 'A catalogue is there as a whole, or not at all.',
      file: 'engine/flows/catalogue-source.ts',
      from: 'return items.size === stored.items ? { ...stored.header, items } : undefined;',
      to: 'return { ...stored.header, items };',
      tests: [ofCatalogues],
    },
    {
      name: 'quote-ignores-the-holder',
      bug: 'A quote always counts on the personal account, also when the holder keeps it out of it.',
      breaks: 'A quote and a sale of the same facts give the same numbers.',
      file: 'engine/flows/quote-bill.ts',
      from: '...bill.value, useAccount: body.useAccount };',
      to: '...bill.value, useAccount: true };',
      tests: ['tests/property/engine/flows/quote-and-settlement.test.ts'],
    },
    {
      name: 'quote-without-the-year',
      bug: 'A quote is worked out as if it were the first bill of the year.',
      breaks: 'A quote and a sale of the same facts give the same numbers.',
      file: 'engine/flows/quote-bill.ts',
      from: 'ruleBill(sold, person, facts.accumulators, {',
      to: 'ruleBill(sold, person, [], {',
      tests: ['tests/property/engine/flows/quote-and-settlement.test.ts'],
    },
    {
      name: 'missing-fact-is-zero',
      bug: 'A person without the fact that a pack asks for is split as if it were zero.',
      breaks: 'A bill whose facts are missing is declined.',
      file: 'engine/domain/settlement/split-input.ts',
      from: 'if (missing.length > 0) {',
      to: 'if (missing.length < 0) {',
      tests: ['tests/unit/engine/domain/settlement/policy.test.ts'],
    },
    {
      name: 'refusing-check-let-pass',
      bug: 'A bill check that should refuse only warns.',
      breaks: 'What a check refuses is not sold.',
      file: 'engine/domain/settlement/split-input.ts',
      from: "if (findings.some(({ severity }) => severity === 'refuse')) {",
      to: 'if (findings.length < 0) {',
      tests: ['tests/unit/engine/domain/settlement/policy.test.ts'],
    },
  ],
};
