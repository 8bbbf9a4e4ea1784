/** What is wrong with a pack, a bill or a catalogue: where, what stands there, and what must hold. */
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';

export type Problem = {
  /** Place in the document: "payers[0].choices[1].bands[0].ratio"; empty for the whole. */
  readonly at: string;
  /** The offending value as short JSON. */
  readonly value: string;
  readonly rule: string;
};

/** One line: "payers[0].edges: "year" – must be …". */
export function formatProblem({ at, value, rule }: Problem): string {
  return `${at === '' ? 'the document' : at}: ${value} – ${rule}`;
}

/** At most 60 characters of JSON; "nothing" where a value is missing. */
export function shortJson(value: unknown): string {
  const json = JSON.stringify(value) ?? 'nothing';
  return json.length <= 60 ? json : `${json.slice(0, 57)}…`;
}

type SchemaError = ReturnType<typeof Value.Errors>[number];

/** Every breach of a schema, in the order of the document; empty when the value fits. */
export function schemaProblems(schema: TSchema, value: unknown): readonly Problem[] {
  if (Value.Check(schema, value)) return [];
  const errors = Value.Errors(schema, value);
  const told = errors.filter((error) => isTold(error, errors));
  return told.map((error) => ({
    at: readablePath(error.instancePath),
    value: shortJson(valueAt(value, error.instancePath)),
    rule: ruleOf(error, schema),
  }));
}

/**
 * A union reports every branch. Only the branch of the value's own type helps: an error below a
 * branch that does not even take this type is dropped, and so is the summary of a union that has
 * something better to say.
 */
function isTold(error: SchemaError, errors: readonly SchemaError[]): boolean {
  if (error.keyword === 'additionalProperties') return false;
  const own = branchesOf(error.schemaPath);
  const isForeign = own.some(({ union, branch }) => {
    const isOfType = (path: string) =>
      !errors.some((other) => other.schemaPath === path && other.keyword === 'type');
    if (isOfType(branch)) return false;
    return siblings(union, errors).some(isOfType) || error.schemaPath !== branch;
  });
  if (isForeign) return false;
  return error.keyword !== 'anyOf' || siblings(`${error.schemaPath}/anyOf`, errors).length === 0;
}

/** The unions on the way to an error, outermost first. */
function branchesOf(schemaPath: string): readonly { union: string; branch: string }[] {
  return [...schemaPath.matchAll(/\/anyOf\/\d+/g)].map((match) => {
    const branch = schemaPath.slice(0, match.index + match[0].length);
    return { union: schemaPath.slice(0, match.index + '/anyOf'.length), branch };
  });
}

/** The branches of a union that any error mentions. */
function siblings(union: string, errors: readonly SchemaError[]): readonly string[] {
  const found = new Set<string>();
  for (const { schemaPath } of errors) {
    const match = schemaPath.startsWith(`${union}/`)
      ? /^\/\d+/.exec(schemaPath.slice(union.length))
      : null;
    if (match !== null) found.add(union + match[0]);
  }
  return [...found];
}

function ruleOf(error: SchemaError, schema: TSchema): string {
  if (error.keyword === 'boolean') return 'unknown key';
  const at = schemaAt(schema, error.schemaPath);
  const description = typeof at?.['description'] === 'string' ? at['description'] : undefined;
  const allowed = error.keyword === 'enum' && Array.isArray(at?.['enum']) ? at['enum'] : undefined;
  const must = allowed === undefined ? error.message : `must be one of ${allowed.join(', ')}`;
  return description === undefined ? must : `${must} (${description})`;
}

function schemaAt(schema: TSchema, path: string): Readonly<Record<string, unknown>> | undefined {
  const found = valueAt(schema, path.replace(/^#/, ''));
  return typeof found === 'object' && found !== null
    ? (found as Readonly<Record<string, unknown>>)
    : undefined;
}

/** The value at a JSON pointer, or undefined. */
function valueAt(root: unknown, pointer: string): unknown {
  let value = root;
  for (const part of pointer.split('/').slice(1)) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[unescaped(part)];
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
