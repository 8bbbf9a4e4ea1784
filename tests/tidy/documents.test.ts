import { existsSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { anchors, codeSpans, localLinks } from './markdown.ts';
import { projectRoot, type SourceFile, sourceFiles } from './source-files.ts';

/** Goal: who follows a page of the documents arrives, and every page can be found from the first ones. */
const pages = sourceFiles(/\.md$/);
const firstPages = ['README.md', 'engine/docs/README.md'];
/** Pages that tell of their day: a path in them may be gone. A link must lead somewhere all the same. */
const ofTheirDay = /^(CHANGELOG\.md|engine\/docs\/(adr|notebook|testing)\/)/;

function pageAt(path: string): SourceFile | undefined {
  return pages.find((page) => page.path === path);
}

/** The file that a link names, from the root of the project; a folder is its README. */
function linkedFile(page: SourceFile, target: string): string {
  const [path = ''] = target.split('#');
  const file = path === '' ? page.path : normalize(join(dirname(page.path), path));
  const isFolder = isThere(file) && statSync(join(projectRoot, file)).isDirectory();
  const readme = join(file, 'README.md');
  return isFolder && isThere(readme) ? readme : file;
}

function isThere(path: string): boolean {
  return existsSync(join(projectRoot, path));
}

function leadsNowhere(page: SourceFile, target: string): boolean {
  const file = linkedFile(page, target);
  const anchor = target.split('#')[1];
  if (!isThere(file)) return true;
  const linked = pageAt(file);
  return anchor !== undefined && linked !== undefined && !anchors(linked).has(anchor);
}

/**
 * A path that a page names between backticks: from the root, without a line, a star or a blank to
 * fill in.
 */
const namedPath = /^(?:engine|rules|terminal-adapter|bench|tests)\/[\w./-]*$/;

describe('documents', () => {
  test('every link leads to a file, and to a heading in it', () => {
    const broken = pages.flatMap((page) =>
      localLinks(page)
        .filter(({ text }) => leadsNowhere(page, text))
        .map(({ text, line }) => `${page.path}:${line}: ${text}`),
    );
    expect(broken).toEqual([]);
  });

  test('every page is found from README.md or engine/docs/README.md', () => {
    const found = new Set(firstPages);
    for (const path of found) {
      const page = pageAt(path);
      if (page === undefined) continue;
      for (const { text } of localLinks(page)) found.add(linkedFile(page, text));
    }
    const orphans = pages.map(({ path }) => path).filter((path) => !found.has(path));
    expect(orphans).toEqual([]);
  });

  test('a path that a page names is there', () => {
    const gone = pages
      .filter(({ path }) => !ofTheirDay.test(path))
      .flatMap((page) =>
        codeSpans(page)
          .filter(({ text }) => namedPath.test(text) && !isThere(text))
          .map(({ text, line }) => `${page.path}:${line}: ${text}`),
      );
    expect(gone).toEqual([]);
  });
});
