import ts from 'typescript';
import { expect, test } from 'vitest';
import { type SourceFile, sourceFiles } from './source-files.ts';

/** Full names of the tests of a file, as far as they stand in it as plain texts. */
function testNames(file: SourceFile): readonly string[] {
  const source = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, true);
  const names: string[] = [];
  const visit = (node: ts.Node, around: string): void => {
    let inside = around;
    if (ts.isCallExpression(node)) {
      const [name] = node.arguments;
      const called = node.expression.getText();
      if (name !== undefined && ts.isStringLiteralLike(name)) {
        if (called === 'describe') inside = `${around} > ${name.text}`;
        if (called === 'test' || called === 'it') names.push(`${around} > ${name.text}`);
      }
    }
    ts.forEachChild(node, (child) => visit(child, inside));
  };
  visit(source, file.path);
  return names;
}

test('no two tests of a file have the same name', () => {
  const names = sourceFiles(/^tests\/.*\.test\.ts$/).flatMap(testNames);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});
