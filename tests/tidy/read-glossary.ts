import { tables } from './markdown.ts';
import type { SourceFile } from './source-files.ts';

/** A word that is not used, because another one means the same. */
export type BannedWord = {
  /** As the glossary writes it: "bank word", or "giveBack" for a name in code. */
  readonly word: string;
  /** The term that is used instead. */
  readonly term: string;
  /** Beginnings of the paths in which it is not used; empty: nowhere. */
  readonly within: readonly string[];
};

/** Where a banned word is right: a path's beginning (it has a slash or a dot), or a phrase. */
export type Exemption = { readonly word: string; readonly where: string };

export type Glossary = {
  readonly banned: readonly BannedWord[];
  readonly exemptions: readonly Exemption[];
  /** Names that are published and stay as they are; `*` stands for any letters. */
  readonly published: readonly string[];
};

/** Reads the tables of the glossary by their heads. */
export function readGlossary(page: SourceFile): Glossary {
  const banned: BannedWord[] = [];
  const exemptions: Exemption[] = [];
  const published: string[] = [];
  for (const [head, ...rows] of tables(page)) {
    const first = head?.[0];
    if (head?.at(-1) === 'Not') banned.push(...rows.flatMap(bannedOfRow));
    if (first === 'Banned word') {
      for (const [word = '', where = ''] of rows) {
        for (const one of spans(where)) exemptions.push({ word: spans(word)[0] ?? '', where: one });
      }
    }
    if (first === 'Published name') published.push(...rows.flatMap(([name = '']) => spans(name)));
  }
  return { banned, exemptions, published };
}

/** Entries of the last cell: "`word`" or "`word` in `path`, `path`", with semicolons between them. */
function bannedOfRow(row: readonly string[]): readonly BannedWord[] {
  const term = row[0] ?? '';
  return (row.at(-1) ?? '').split(';').flatMap((entry) => {
    const [word, ...within] = spans(entry);
    return word === undefined ? [] : [{ word, term, within }];
  });
}

function spans(cell: string): readonly string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? '');
}
