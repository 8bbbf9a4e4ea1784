/** The TypeBox schemas as plain JSON Schema (draft 2020-12) for editors and other programs. */
import type { TSchema } from 'typebox';

export type JsonObject = { readonly [key: string]: unknown };

/** A repeated part of at least this length (characters of JSON) is moved to `$defs`. */
const SHARED_LENGTH = 400;

/**
 * The schema as a complete document. Recursive parts, which TypeBox repeats at every use, and
 * repeated large parts are moved to `$defs`.
 */
export function toJsonSchema(schema: TSchema): JsonObject {
  const shared = new Map<string, unknown>();
  const plain: unknown = JSON.parse(JSON.stringify(schema));
  const root = withSharedParts(plain, shared);
  const repeated = repeatedParts([root, ...shared.values()]);
  const hoist = (value: unknown) => withRepeatedParts(value, repeated);
  const defs = [...shared].map(([name, part]): [string, unknown] => [name, hoist(part)]);
  const others = [...repeated].map(([json, name]): [string, unknown] => {
    const part: unknown = JSON.parse(json);
    return [name, isJsonObject(part) ? mapEntries(part, hoist) : part];
  });
  const all = Object.fromEntries([...defs, ...others]);
  const head = { $schema: 'https://json-schema.org/draft/2020-12/schema' };
  const body = hoist(root);
  const document = isJsonObject(body) ? { ...head, ...body } : head;
  return Object.keys(all).length === 0 ? document : { ...document, $defs: all };
}

/** Names of the large object schemas that occur more than once, by their JSON. */
function repeatedParts(roots: readonly unknown[]): ReadonlyMap<string, string> {
  const seen = new Set<string>();
  const names = new Map<string, string>();
  const visit = (value: unknown, key: string): void => {
    if (Array.isArray(value)) for (const entry of value) visit(entry, key);
    if (!isJsonObject(value)) return;
    const json = isJsonObject(value['properties']) ? JSON.stringify(value) : '';
    if (json.length >= SHARED_LENGTH) {
      if (seen.has(json)) return void names.set(json, nameFor(key, json, names));
      seen.add(json);
    }
    for (const [below, entry] of Object.entries(value))
      visit(entry, ['items', 'anyOf', 'properties'].includes(below) ? key : below);
  };
  for (const root of roots) visit(root, 'Document');
  return names;
}

function nameFor(key: string, json: string, names: ReadonlyMap<string, string>): string {
  const known = names.get(json);
  if (known !== undefined) return known;
  const name = key === 'when' ? 'Condition' : `${key.slice(0, 1).toUpperCase()}${key.slice(1)}`;
  return [...names.values()].includes(name) ? `${name}${names.size}` : name;
}

function withRepeatedParts(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((entry) => withRepeatedParts(entry, names));
  if (!isJsonObject(value)) return value;
  const name = names.get(JSON.stringify(value));
  if (name !== undefined) return { $ref: `#/$defs/${name}` };
  return mapEntries(value, (entry) => withRepeatedParts(entry, names));
}

function mapEntries(object: JsonObject, change: (value: unknown) => unknown): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function withSharedParts(value: unknown, shared: Map<string, unknown>): unknown {
  if (Array.isArray(value)) return value.map((entry) => withSharedParts(entry, shared));
  if (!isJsonObject(value)) return value;
  const { $defs, $ref, ...rest } = value;
  const change = (entry: unknown) => withSharedParts(entry, shared);
  if (typeof $ref !== 'string') return mapEntries(rest, change);
  if (isJsonObject($defs) && !shared.has($ref)) {
    shared.set($ref, undefined);
    const part = $defs[$ref];
    if (isJsonObject(part)) {
      const { $id, ...body } = part;
      shared.set(String($id ?? $ref), mapEntries(body, change));
    }
  }
  return { ...rest, $ref: `#/$defs/${$ref}` };
}

const COLUMNS = 100;

/** JSON as this project's formatter prints it: lists on one line where they fit. */
export function printJson(value: unknown, indent = '', column = 0): string {
  const deeper = `${indent}  `;
  if (Array.isArray(value)) {
    const line = `[${value.map((entry) => JSON.stringify(entry)).join(', ')}]`;
    const isFlat = value.every((entry) => typeof entry !== 'object');
    // Strictly less, as a comma may follow.
    if (isFlat && column + line.length < COLUMNS) return line;
    const entries = value.map((entry) => `${deeper}${printJson(entry, deeper, deeper.length)}`);
    return `[\n${entries.join(',\n')}\n${indent}]`;
  }
  if (!isJsonObject(value) || Object.keys(value).length === 0) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, entry]) => {
    const start = `${deeper}${JSON.stringify(key)}: `;
    return `${start}${printJson(entry, deeper, start.length)}`;
  });
  return `{\n${entries.join(',\n')}\n${indent}}`;
}
