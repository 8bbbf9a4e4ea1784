// Goal: no author of a pack, bill or catalogue is told a regular expression.
import { expect, test } from 'vitest';
import { BillFile } from '../../../../rules/bill-file/bill-file.ts';
import { ImportSettings } from '../../../../rules/catalogues/import/import-settings.ts';
import { CatalogueFile } from '../../../../rules/model/catalogue-file.ts';
import { PackFile } from '../../../../rules/model/pack-file.ts';
import { patternWords } from '../../../../rules/model/pattern-words.ts';

function patternsIn(schema: unknown): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, part]) =>
    key === 'pattern' && typeof part === 'string' ? [part] : patternsIn(part),
  );
}

test.each([
  ['packs', PackFile],
  ['bills', BillFile],
  ['catalogues', CatalogueFile],
  ['import settings', ImportSettings],
])(
  'every pattern of %s has words in both languages, with an example that fits it',
  (_name, schema) => {
    const patterns = [...new Set(patternsIn(schema))];
    expect(patterns.length).toBeGreaterThan(2);
    for (const pattern of patterns) {
      const words = patternWords(pattern);
      expect(words, pattern).toBeDefined();
      for (const text of [words?.en ?? '', words?.zh ?? ''])
        for (const [, example = ''] of text.matchAll(/"([^"/][^"]*)"/g))
          expect(example, pattern).toMatch(new RegExp(pattern));
    }
  },
);
