import type { SourceFile } from './source-files.ts';

/** Something a page says, and where. */
export type Mention = { readonly text: string; readonly line: number };

/** The lines of a page that are prose: what stands in fenced blocks is shown, not said. */
function proseLines(page: SourceFile): readonly Mention[] {
  let isFenced = false;
  return page.lines.flatMap((text, index) => {
    if (/^\s*```/.test(text)) isFenced = !isFenced;
    return isFenced || /^\s*```/.test(text) ? [] : [{ text, line: index + 1 }];
  });
}

/** Targets of the links of a page that lead to files of the project, as they are written. */
export function localLinks(page: SourceFile): readonly Mention[] {
  return proseLines(page).flatMap(({ text, line }) => {
    const withoutCode = text.replace(/`[^`]*`(?!\])/g, '');
    return [...withoutCode.matchAll(/\]\(([^()\s]+)\)/g)]
      .map((match) => match[1] ?? '')
      .filter((target) => !/^[a-z][a-z+.-]*:/.test(target))
      .map((target) => ({ text: target, line }));
  });
}

/** What stands between backticks. */
export function codeSpans(page: SourceFile): readonly Mention[] {
  return proseLines(page).flatMap(({ text, line }) =>
    [...text.matchAll(/`([^`]+)`/g)].map((match) => ({ text: match[1] ?? '', line })),
  );
}

/** The anchors of a page's headings, made as GitHub makes them. */
export function anchors(page: SourceFile): ReadonlySet<string> {
  const headings = proseLines(page).filter(({ text }) => /^#{1,6} /.test(text));
  return new Set(
    headings.map(({ text }) =>
      text
        .replace(/^#+ /, '')
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replace(/\s/g, '-'),
    ),
  );
}

/** The rows of every table of a page, each as its cells; the first row of a table is its head. */
export function tables(page: SourceFile): readonly (readonly (readonly string[])[])[] {
  const found: string[][][] = [];
  let open: string[][] | undefined;
  for (const { text } of proseLines(page)) {
    if (!text.startsWith('|')) {
      open = undefined;
      continue;
    }
    if (open === undefined) {
      open = [];
      found.push(open);
    }
    if (!/^\|[\s|:-]+\|$/.test(text)) open.push(cells(text));
  }
  return found;
}

function cells(row: string): string[] {
  return row
    .replace(/^\||\|\s*$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}
