/** What is wrong with a pack, a bill or a catalogue: where, what stands there, and what must hold. */
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Settings } from 'typebox/system';
import { Value } from 'typebox/value';

/** More than any document has; the library would stop at eight. */
const ERRORS_MAX = 10_000;

export type Problem = {
  /** Place in the document: "payers[0].choices[1].bands[0].ratio"; empty for the whole. */
  readonly path: string;
  /** The offending value as short JSON. */
  readonly value: string;
  readonly rule: string;
};

/** One line: "payers[0].edges: "year" – must be …". */
export function formatProblem({ path, value, rule }: Problem): string {
  return `${path === '' ? 'the document' : path}: ${value} – ${rule}`;
}

/** At most 60 characters of JSON; "nothing" where a value is missing. */
export function shortJson(value: unknown): string {
  const json = JSON.stringify(value) ?? 'nothing';
  return json.length <= 60 ? json : `${json.slice(0, 57)}…`;
}

type SchemaError = ReturnType<typeof Value.Errors>[number];

const checks = new WeakMap<TSchema, (value: unknown) => boolean>();

/** A schema's own checker, made once: walking a large schema takes twenty times as long. */
function checkOf(schema: TSchema): (value: unknown) => boolean {
  const known = checks.get(schema);
  if (known !== undefined) return known;
  const validator = Compile(schema);
  const check = (value: unknown) => validator.Check(value);
  checks.set(schema, check);
  return check;
}

/** Every breach of a schema, in the order of the document; empty when the value fits. */
export function schemaProblems(schema: TSchema, value: unknown): readonly Problem[] {
  if (checkOf(schema)(value)) return [];
  const errors = allErrors(schema, value);
  const unions = errors.filter((error) => error.keyword === 'anyOf');
  const reported = errors.filter(
    (error) =>
      error.keyword !== 'additionalProperties' &&
      error.keyword !== 'anyOf' &&
      unions.every((union) => isOfBestBranch(error, union, errors)),
  );
  return reported.map((error) => ({
    path: readablePath(error.instancePath),
    value: shortJson(valueAt(value, error.instancePath)),
    rule: ruleOf(error, schema),
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
 * A union reports every branch; only the one that the value comes nearest to helps its writer.
 * Errors outside of the union are no matter of it.
 */
function isOfBestBranch(
  error: SchemaError,
  union: SchemaError,
  errors: readonly SchemaError[],
): boolean {
  const branch = branchOf(error, union);
  if (branch === undefined) return true;
  const costs = new Map<string, number>();
  for (const other of errors) {
    const otherBranch = branchOf(other, union);
    if (otherBranch === undefined) continue;
    costs.set(otherBranch, (costs.get(otherBranch) ?? 0) + costOf(other, union));
  }
  const [best] = [...costs].sort((a, b) => a[1] - b[1])[0] ?? [];
  return branch === best;
}

/** "0", "1" …: the branch of the union that an error is about; undefined when it is not in it. */
function branchOf(error: SchemaError, union: SchemaError): string | undefined {
  const prefix = `${union.schemaPath}/anyOf/`;
  const isHere =
    error.instancePath === union.instancePath ||
    error.instancePath.startsWith(`${union.instancePath}/`);
  if (!isHere || !error.schemaPath.startsWith(prefix)) return undefined;
  return /^\d+/.exec(error.schemaPath.slice(prefix.length))?.[0];
}

function costOf(error: SchemaError, union: SchemaError): number {
  if (error.keyword === 'type' && error.instancePath === union.instancePath) return 100;
  return error.keyword === 'boolean' ? 3 : 1;
}

function ruleOf(error: SchemaError, schema: TSchema): string {
  if (error.keyword === 'boolean') return 'unknown key';
  const part = schemaAt(schema, error.schemaPath);
  const description = typeof part?.['description'] === 'string' ? part['description'] : undefined;
  const allowed =
    error.keyword === 'enum' && Array.isArray(part?.['enum']) ? part['enum'] : undefined;
  if (allowed !== undefined) return `must be one of ${allowed.join(', ')}`;
  return description === undefined ? error.message : `${error.message} (${description})`;
}

type Json = Readonly<Record<string, unknown>>;

/** The part of the schema that was broken; definitions are looked up where a path passes them. */
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
