import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { tables } from './markdown.ts';
import { type SourceFile, sourceFiles } from './source-files.ts';

/** Goal: an operator finds every event of the log in one page, and no event there that is gone. */
const [page] = sourceFiles(/^engine\/docs\/operating\/log-events\.md$/);
/** The sandbox prints messages, and the embedded database lines of text: `database-server-reported`. */
const product = sourceFiles(/^engine\/(?!sandbox\/|ops\/postgres\/|cli\/).*\.ts$/);

const levels: ReadonlySet<string> = new Set(['info', 'warn', 'error']);

/** "level event" of `log.warn('event', …)`, `log.warn({ … }, 'event')` and the store's `log('event', …)`. */
function loggedEvents(file: SourceFile): readonly string[] {
  const source = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, true);
  const events: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const level = levelOf(node.expression);
      const event = node.arguments.find(ts.isStringLiteralLike);
      if (level !== undefined && event !== undefined) events.push(`${level} ${event.text}`);
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return events;
}

function levelOf(called: ts.Expression): string | undefined {
  if (ts.isIdentifier(called)) return called.text === 'log' ? 'warn' : undefined;
  if (!ts.isPropertyAccessExpression(called) || !levels.has(called.name.text)) return undefined;
  return /\blog\??$/.test(called.expression.getText()) ? called.name.text : undefined;
}

describe('log events', () => {
  const logged = [...new Set(product.flatMap(loggedEvents))].sort();

  test('the page lists exactly the events of the code, with their levels', () => {
    const listed = (page === undefined ? [] : tables(page))
      .flatMap(([, ...rows]) => rows)
      .map(([event = '', level = '']) => `${level} ${event.replaceAll('`', '')}`);
    expect(listed.toSorted()).toEqual(logged);
    expect(logged.length).toBeGreaterThan(40);
  });

  test('an event is named noun-verb-past', () => {
    const names = logged.map((line) => line.split(' ').slice(1).join(' '));
    expect(
      names.filter((name) => !/^[a-z]+(-[a-z]+)*-([a-z]+ed|kept|lost|withdrawn)$/.test(name)),
    ).toEqual([]);
  });
});
