import { describe, expect, test } from 'vitest';
import { occurrences, sourceFiles } from './source-files.ts';

/** Goal: what review would have to find again and again is found here. */
const product = sourceFiles(/^(engine|rules|terminal-adapter)\/.*\.ts$/);
const code = sourceFiles(/^(engine|rules|terminal-adapter|bench|tests)\/.*\.ts$/);
const everything = sourceFiles(/\.(ts|mjs|cjs|json|md|sql|yml|yaml|sh)$|^\.ci\//);
const self = /^tests\/tidy\//;

function within(folders: RegExp) {
  return product.filter((file) => folders.test(file.path));
}

function withoutComments(pattern: string): RegExp {
  return new RegExp(`^(?!\\s*(?:\\*|//|/\\*)).*(?:${pattern})`);
}

describe('words that have no place', () => {
  test('no clock and no chance where a settlement is decided', () => {
    const pure = within(/^(engine\/(base|domain|flows|render)|rules)\//);
    const pattern = withoutComments(
      'Date\\.now\\(|new Date\\(\\)|Math\\.random\\(|performance\\.now\\(|(?<![.\\w])random(?:Bytes|UUID)\\(',
    );
    expect(occurrences(pure, pattern)).toEqual([]);
  });

  test('no floating point for money', () => {
    expect(occurrences(product, withoutComments('parseFloat\\('))).toEqual([]);
    // In rules it is that of decimal.js, which is exact.
    const engine = within(/^(engine|terminal-adapter)\//);
    expect(occurrences(engine, withoutComments('\\.toFixed\\('))).toEqual([]);
    expect(occurrences(product, withoutComments('\\w*(?:Fen|Amount)\\??: number\\b'))).toEqual([]);
  });

  test('nothing prints past the log, except the command line', () => {
    const quiet = product.filter(
      (file) => !/^(engine|terminal-adapter)\/(cli|agent)\//.test(file.path),
    );
    expect(occurrences(quiet, withoutComments('console\\.'))).toEqual([]);
  });

  test('no type is forced and no check is silenced', () => {
    const forced = '\\bas any\\b|: any\\b|<any>|as unknown as';
    const ours = code.filter((file) => !self.test(file.path));
    expect(occurrences(ours, withoutComments(forced))).toEqual([]);
    expect(occurrences(ours, /@ts-ignore|@ts-nocheck|eslint-disable/)).toEqual([]);
  });

  test('no test is left out, and nothing is left for later', () => {
    const ours = code.filter((file) => !self.test(file.path));
    expect(occurrences(ours, /\b(?:test|it|describe)\.(?:skip|only|todo|fails)\b/)).toEqual([]);
    expect(occurrences(ours, /\b(?:TODO|FIXME|XXX|HACK)\b/)).toEqual([]);
  });

  test('one way of writing modules: no default exports, no enums, no barrels', () => {
    const modules = code.filter((file) => file.path !== 'tests/support/postgres/global-setup.ts');
    expect(occurrences(modules, /^export default |^(?:export )?(?:const )?enum /)).toEqual([]);
    expect(code.filter((file) => /(?:^|\/)index\.ts$/.test(file.path))).toEqual([]);
  });

  test('no paths of one machine and no hosts of a package registry', () => {
    const ours = everything.filter((file) => !self.test(file.path));
    const places =
      /(?<![\w.-])\/(?:home|Users|root)\/\w|registry\.npm|npmmirror|verdaccio|"resolved":/;
    expect(occurrences(ours, places)).toEqual([]);
  });
});
