import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { type SourceFile, sourceFiles } from './source-files.ts';

/**
 * Goal: what a reader must hold in mind at once stays small. The lists of exceptions may only shrink:
 * an entry that is no longer needed fails the test too.
 */
const functionLinesMax = 70;
const fileLinesMax = 300;
/** biome breaks code at 100 columns; a comment or a text may end a word later. */
const columnsMax = 110;
const parametersMax = 4;

const longFiles: readonly string[] = [];
const longFunctions: readonly string[] = [];

const typescript = sourceFiles(/^(engine|rules|terminal-adapter|bench|tests)\/.*\.ts$/);
/** Rows of test cases have as many columns, and their tables as many lines, as the matter needs. */
const product = typescript.filter((file) => !file.path.startsWith('tests/'));
/** Tables of texts and of test cases are read entry by entry. */
const tables = /^(engine\/base\/errors\/error-registry|tests\/.*\.test)\.ts$/;

type FunctionSize = { readonly name: string; readonly lines: number; readonly parameters: number };

function functionsOf(file: SourceFile): readonly FunctionSize[] {
  const source = ts.createSourceFile(file.path, file.text, ts.ScriptTarget.Latest, true);
  const found: FunctionSize[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      const start = source.getLineAndCharacterOfPosition(node.getStart()).line;
      const end = source.getLineAndCharacterOfPosition(node.getEnd()).line;
      found.push({
        name: `${file.path}#${nameOf(node)}`,
        lines: end - start + 1 - nestedLines(node, source),
        parameters: node.parameters.filter((parameter) => parameter.name.getText() !== 'this')
          .length,
      });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** A function that makes an object of functions is as long as what stands between them. */
function nestedLines(outer: ts.Node, source: ts.SourceFile): number {
  let lines = 0;
  const visit = (node: ts.Node): void => {
    if (node !== outer && ts.isFunctionLike(node)) {
      const start = source.getLineAndCharacterOfPosition(node.getStart()).line;
      lines += source.getLineAndCharacterOfPosition(node.getEnd()).line - start;
    } else {
      ts.forEachChild(node, visit);
    }
  };
  visit(outer);
  return lines;
}

function nameOf(node: ts.SignatureDeclaration): string {
  if (node.name !== undefined) return node.name.getText();
  return ts.isVariableDeclaration(node.parent) ? node.parent.name.getText() : 'anonymous';
}

describe('size', () => {
  test(`a file has at most ${fileLinesMax} lines`, () => {
    const long = typescript.filter(
      (file) => !tables.test(file.path) && file.lines.length > fileLinesMax + 1,
    );
    expect(long.map((file) => file.path).sort()).toEqual([...longFiles].sort());
  });

  test(`a function has at most ${functionLinesMax} lines`, () => {
    const long = product.flatMap(functionsOf).filter((one) => one.lines > functionLinesMax);
    expect(long.map((one) => one.name).sort()).toEqual([...longFunctions].sort());
  });

  test(`a function has at most ${parametersMax} parameters`, () => {
    const many = product.flatMap(functionsOf).filter((one) => one.parameters > parametersMax);
    expect(many).toEqual([]);
  });

  test(`a line has at most ${columnsMax} columns, unless it is one long text`, () => {
    const wide = typescript
      .filter((file) => !tables.test(file.path))
      .flatMap((file) =>
        file.lines.flatMap((line, index) =>
          line.length > columnsMax && !/['`].{40,}['`]|\/.{40,}\//.test(line)
            ? [`${file.path}:${index + 1}`]
            : [],
        ),
      );
    expect(wide).toEqual([]);
  });
});
