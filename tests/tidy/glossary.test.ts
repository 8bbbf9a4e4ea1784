import { describe, expect, test } from 'vitest';
import { type BannedWord, type Exemption, readGlossary } from './read-glossary.ts';
import { type SourceFile, sourceFiles } from './source-files.ts';

/**
 * Goal: one word for one thing. The glossary says which words are not used, and where one of them is
 * right all the same; this test only reads it. An exemption that is no longer needed fails too.
 *
 * A banned word of small letters is found as a word of a sentence and as a part of a name ("bank word"
 * in "the bank word", `BankWord`, `bank-word.ts`); one with a capital letter as a part of a name only.
 */
const glossaryPath = 'engine/docs/glossary.md';
/** Records of their day keep the words of their day; what was migrated is never written again. */
const ofTheirDay = /^(CHANGELOG\.md|engine\/docs\/(adr|notebook|testing)\/)/;

const [page] = sourceFiles(/^engine\/docs\/glossary\.md$/);
const glossary = page === undefined ? undefined : readGlossary(page);
const { banned = [], exemptions = [], published = [] } = glossary ?? {};

/** A line without names that are published; `words`: with its names taken apart. */
type Line = {
  readonly path: string;
  readonly at: string;
  readonly text: string;
  readonly words: string;
};

const publishedNames = published.map(
  (name) => new RegExp(`(?<![\\w-])${escaped(name).replaceAll('\\*', '[\\w-]*')}(?![\\w-])`, 'g'),
);
const lines: readonly Line[] = sourceFiles(/^(engine|rules|terminal-adapter)\/.*\.ts$|\.md$/)
  .filter(({ path }) => path !== glossaryPath && !ofTheirDay.test(path))
  .flatMap(linesOf);

/** The name of a file is read too: a word in it is a word of the code. */
function linesOf({ path, lines: texts }: SourceFile): readonly Line[] {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const own = texts.map((line, index) => {
    const text = publishedNames.reduce((left, pattern) => left.replace(pattern, ''), line);
    return { path, at: `${path}:${index + 1}`, text, words: inWords(text) };
  });
  return [{ path, at: path, text: name, words: inWords(name) }, ...own];
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');
}

/**
 * `giveBack`, `GiveBack`, `give-back`, `give_back`, also within a longer name. One word alone, `Book`, is
 * found as a whole name.
 */
function namePattern(word: string): RegExp {
  const parts = word.split(/(?=[A-Z])/);
  const [first = '', ...rest] = parts;
  if (rest.length === 0) return new RegExp(`(?<![A-Za-z])${first}(?![A-Za-z])`);
  const pascal = `${first.charAt(0).toUpperCase()}${first.slice(1)}${rest.join('')}`;
  const camel = `${first.toLowerCase()}${rest.join('')}`;
  const joined = parts.map((part) => part.toLowerCase()).join('[-_]');
  const forms = [
    `(?<![A-Z])${pascal}(?![a-z])`,
    `(?<![A-Za-z])${camel}(?![a-z])`,
    `(?<![a-z])${joined}(?![a-z])`,
  ];
  return new RegExp(forms.join('|'));
}

/** The words of a line, names taken apart: "loadLimiter" is "load limiter". */
function inWords(text: string): string {
  return text
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/[-_]+/g, ' ')
    .toLowerCase();
}

/** A sentence begins with a capital too. */
function withoutComment(text: string): string {
  return text.replace(/^\s*\*.*|\/\*.*|\/\/.*/, '');
}

type Text = Pick<Line, 'text' | 'words'>;

function finder(word: string): (line: Text) => boolean {
  if (/[A-Z]/.test(word)) {
    const pattern = namePattern(word);
    const isOneWord = /^[A-Z][a-z]+$/.test(word);
    return ({ text }) => pattern.test(isOneWord ? withoutComment(text) : text);
  }
  const pattern = new RegExp(`\\b${escaped(inWords(word))}(?:s|es)?\\b`);
  return ({ words }) => pattern.test(words);
}

function isPath(where: string): boolean {
  return /[/]|\.(md|ts)$/.test(where);
}

/** The lines that use a word where it is not meant to be, and that no exemption covers. */
function offences({ word, within }: BannedWord, allowed: readonly Exemption[]): readonly string[] {
  const uses = finder(word);
  const startsWithAny = (path: string, starts: readonly string[]) =>
    starts.some((start) => path.startsWith(start));
  const paths = allowed.map(({ where }) => where).filter(isPath);
  const phrases = allowed.map(({ where }) => where).filter((where) => !isPath(where));
  return lines
    .filter((line) => uses(line))
    .filter(({ path }) => within.length === 0 || startsWithAny(path, within))
    .filter(({ path }) => !startsWithAny(path, paths))
    .filter(({ text }) => {
      const left = phrases.reduce((rest, phrase) => rest.replaceAll(phrase, ''), text);
      return uses({ text: left, words: inWords(left) });
    })
    .map(({ at, text }) => `${at}: ${text.trim()}`);
}

function exemptionsOf(word: string): readonly Exemption[] {
  return exemptions.filter((one) => one.word === word);
}

describe('glossary', () => {
  test('is read: it bans words, and each of them once', () => {
    const words = banned.map(({ word }) => word);
    expect(words.length).toBeGreaterThan(40);
    expect(words.filter((word, index) => words.indexOf(word) !== index)).toEqual([]);
    expect(exemptions.filter(({ word }) => !words.includes(word))).toEqual([]);
  });

  test.each(banned)('"$word" is not used: say "$term"', (entry) => {
    expect(offences(entry, exemptionsOf(entry.word))).toEqual([]);
  });

  test('every exemption is needed', () => {
    const idle = exemptions.filter((one) => {
      const others = exemptionsOf(one.word).filter((other) => other !== one);
      const entries = banned.filter(({ word }) => word === one.word);
      return entries.every(
        (entry) =>
          offences(entry, others).length === offences(entry, exemptionsOf(one.word)).length,
      );
    });
    expect(idle).toEqual([]);
  });
});
