/** Problems of a pack, a bill or a catalogue: the path, the value there, and what must hold. */
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Settings } from 'typebox/system';
import { Value } from 'typebox/value';
import { type ProblemWords, schemaWords } from './schema-words.ts';

/** More than any document has; the library stops at eight by default. */
const ERRORS_MAX = 10_000;

export type Problem = {
  /** In the document: "payers[0].choices[1].bands[0].ratio"; empty for the whole. */
  readonly path: string;
  /** The offending value as short JSON. */
  readonly value: string;
} & ProblemWords;

/** One line: "payers[0].edges: "year" – must be …". */
export function formatProblem({ path, value, rule }: Problem): string {
  return `${path === '' ? 'the document' : path}: ${value} – ${rule}`;
}

/** The same in Chinese. */
export function formatProblemZh({ path, value, zh }: Problem): string {
  return `${path === '' ? '整个文件' : path}：${value === 'nothing' ? '无' : value} – ${zh}`;
}

/** At most 60 characters of JSON; "nothing" where a value is missing. */
export function shortJson(value: unknown): string {
  const json = JSON.stringify(value) ?? 'nothing';
  return json.length <= 60 ? json : `${json.slice(0, 57)}…`;
}

type SchemaError = ReturnType<typeof Value.Errors>[number];

const checks = new WeakMap<TSchema, (value: unknown) => boolean>();

/**
 * The compiled checker of a schema, made once: interpreting a large schema takes twenty times as
 * long.
 */
function compiledCheck(schema: TSchema): (value: unknown) => boolean {
  const known = checks.get(schema);
  if (known !== undefined) return known;
  const validator = Compile(schema);
  const check = (value: unknown) => validator.Check(value);
  checks.set(schema, check);
  return check;
}

/** Every breach of a schema, in the order of the document; empty when the value fits. */
export function schemaProblems(schema: TSchema, value: unknown): readonly Problem[] {
  if (compiledCheck(schema)(value)) return [];
  const errors = allErrors(schema, value);
  const unions = errors.filter((error) => error.keyword === 'anyOf');
  const reported = errors.filter(
    (error) =>
      error.keyword !== 'additionalProperties' &&
      error.keyword !== 'anyOf' &&
      unions.every((union) => isWorthReporting(error, union, errors)),
  );
  return reported.map((error) => ({
    path: readablePath(error.instancePath),
    value: shortJson(valueAt(value, error.instancePath)),
    ...schemaWords(error, schemaAt(schema, error.schemaPath)),
  }));
}

function allErrors(schema: TSchema, value: unknown): readonly SchemaError[] {
  const { maxErrors } = Settings.Get();
  Settings.Set({ maxErrors: ERRORS_MAX });
  try {
    return Value.Errors(schema, value);
  } finally {
    Settings.Set({ maxErrors });
  }
}

/**
 * A union reports the errors of every branch; only those of the branch nearest to the value help.
 * Errors outside the union are kept.
 */
function isWorthReporting(
  error: SchemaError,
  union: SchemaError,
  errors: readonly SchemaError[],
): boolean {
  const branch = branchIndex(error, union);
  if (branch === undefined) return true;
  const costs = new Map<string, number>();
  for (const other of errors) {
    const otherBranch = branchIndex(other, union);
    if (otherBranch === undefined) continue;
    costs.set(otherBranch, (costs.get(otherBranch) ?? 0) + errorCost(other, union));
  }
  const [best] = [...costs].sort((a, b) => a[1] - b[1])[0] ?? [];
  return branch === best;
}

/** "0", "1" …: the branch of the union that an error belongs to; undefined outside the union. */
function branchIndex(error: SchemaError, union: SchemaError): string | undefined {
  const prefix = `${union.schemaPath}/anyOf/`;
  const isHere =
    error.instancePath === union.instancePath ||
    error.instancePath.startsWith(`${union.instancePath}/`);
  if (!isHere || !error.schemaPath.startsWith(prefix)) return undefined;
  return /^\d+/.exec(error.schemaPath.slice(prefix.length))?.[0];
}

function errorCost(error: SchemaError, union: SchemaError): number {
  if (error.keyword === 'type' && error.instancePath === union.instancePath) return 100;
  return error.keyword === 'boolean' ? 3 : 1;
}

type Json = Readonly<Record<string, unknown>>;

/** The part of the schema at an error's path; references are resolved on the way. */
function schemaAt(schema: TSchema, path: string): Json | undefined {
  let node: Json | undefined = schema as Json;
  let definitions: Json = {};
  for (const part of path.split('/').slice(1)) {
    if (isJson(node?.['$defs'])) definitions = node['$defs'];
    if (typeof node?.['$ref'] === 'string') node = asJson(definitions[node['$ref']]);
    node = asJson(node?.[unescaped(part)]);
  }
  return node;
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null;
}

function asJson(value: unknown): Json | undefined {
  return isJson(value) ? value : undefined;
}

/** The value at a JSON pointer, or undefined. */
function valueAt(root: unknown, pointer: string): unknown {
  let value = root;
  for (const part of pointer.split('/').slice(1)) {
    if (!isJson(value)) return undefined;
    value = value[unescaped(part)];
  }
  return value;
}

function unescaped(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** "/payers/0/edges" → "payers[0].edges". */
function readablePath(pointer: string): string {
  let path = '';
  for (const part of pointer.split('/').slice(1)) {
    const name = unescaped(part);
    if (/^\d+$/.test(name)) path += `[${name}]`;
    else path += path === '' ? name : `.${name}`;
  }
  return path;
}
