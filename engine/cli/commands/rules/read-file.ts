/** Reads files for the `rules` commands: packs and JSON. */
import { readFileSync } from 'node:fs';
import { compilePack } from '../../../../rules/kernel/compile-pack.ts';
import { formatProblem, formatProblemZh, type Problem } from '../../../../rules/kernel/problem.ts';
import type { Pack } from '../../../../rules/model/pack.ts';
import { loadPacks } from '../../../../rules/packs/load-packs.ts';
import { createPackRegistry, type PackRegistry } from '../../../../rules/packs/pack-registry.ts';
import { parseJsonDocument, readDocumentText } from '../../../base/json/json-document.ts';
import { CliError } from '../../cli-context.ts';

let registry: PackRegistry | undefined;

/** The registry of shipped packs; loaded once, because it takes a second. */
export function shippedRegistry(): PackRegistry {
  registry ??= createPackRegistry(loadPacks());
  return registry;
}

/** Reads a text file in UTF-8. @throws CliError when it cannot be read, or has another encoding */
export function readTextFile(path: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch {
    throw new CliError({ zh: `无法读取文件：${path}`, en: `The file cannot be read: ${path}` });
  }
  const text = readDocumentText(bytes);
  if (text.ok) return text.value;
  throw new CliError({ zh: `${path}：${text.error.zh}`, en: `${path}: ${text.error.en}` });
}

/** Reads a JSON file, strictly. @throws CliError when it cannot be read, or is not right */
export function readJsonFile(path: string): unknown {
  const read = parseJsonDocument(readTextFile(path));
  if (read.ok) return read.value;
  throw new CliError({ zh: `${path}：${read.error.zh}`, en: `${path}: ${read.error.en}` });
}

/** An error with one line per problem of a file. */
export function fileProblems(path: string, problems: readonly Problem[]): CliError {
  const lines = (format: (problem: Problem) => string) =>
    problems.map((problem) => `  ${format(problem)}`).join('\n');
  return new CliError({
    zh: `${path} 有 ${problems.length} 处错误：\n${lines(formatProblemZh)}`,
    en: `${path} has ${problems.length} problem(s):\n${lines(formatProblem)}`,
  });
}

/**
 * The pack with this id, else the one in this file.
 * @throws CliError when there is neither, or the file has problems
 */
export function loadPack(idOrFile: string): Pack {
  const shipped = shippedRegistry().byId(idOrFile);
  if (shipped !== undefined) return shipped;
  if (/^\d{6}\/[^./]+$/.test(idOrFile)) {
    throw new CliError({
      zh: `没有规则包 ${idOrFile}；可用的见 yikatong rules check`,
      en: `There is no pack ${idOrFile}; yikatong rules check lists them`,
    });
  }
  const compiled = compilePack(readJsonFile(idOrFile));
  if (!compiled.ok) throw fileProblems(idOrFile, compiled.error);
  return compiled.value;
}
