/** A reference page from a JSON Schema: one table per kind of object. */
import { patternWords } from '../model/pattern-words.ts';
import { isJsonObject, type JsonObject } from './json-schema.ts';

type Section = { readonly name: string; readonly schema: JsonObject };
type Sections = {
  /** In the order of the page. */
  readonly list: Section[];
  /** By the text of the schema: a repeated schema has one section. */
  readonly known: Map<string, Section>;
  readonly root: JsonObject;
};

/** Tables of all objects in the schema, the whole document first; Markdown. */
export function schemaPage(schema: JsonObject): string {
  const sections: Sections = { list: [], known: new Map(), root: schema };
  openSection(sections, 'The file', schema);
  // Rendering a section appends the sections of objects found in it.
  const parts: string[] = [];
  for (const section of sections.list) parts.push(renderSection(sections, section));
  return parts.join('\n');
}

function openSection(sections: Sections, name: string, schema: JsonObject): Section {
  const { description: _, ...shape } = schema;
  const key = JSON.stringify(shape);
  const known = sections.known.get(key);
  if (known !== undefined) return known;
  const section = { name, schema };
  sections.known.set(key, section);
  sections.list.push(section);
  return section;
}

function renderSection(sections: Sections, { name, schema }: Section): string {
  const required = new Set(Array.isArray(schema['required']) ? schema['required'] : []);
  const { properties } = schema;
  const path = name === 'The file' ? '' : name;
  const rows = Object.entries(isJsonObject(properties) ? properties : {}).map(([key, property]) => {
    const field = path === '' ? key : `${path}.${key}`;
    const kind = isJsonObject(property) ? describeType(sections, field, property) : '';
    const needed = required.has(key) ? 'yes' : '';
    return `| \`${key}\` | ${needed} | ${cell(kind)} | ${cell(describe(property))} |`;
  });
  const intro = name === 'The file' ? [] : [describe(schema)].filter((text) => text !== '');
  const heading = name === 'The file' ? '## The file' : `## \`${name}\``;
  const head = ['| Field | Required | Value | Meaning |', '| --- | --- | --- | --- |'];
  return [heading, '', ...intro.flatMap((text) => [text, '']), ...head, ...rows, ''].join('\n');
}

/** The description of a field, or of its list's items or its alternatives. */
function describe(schema: unknown): string {
  if (!isJsonObject(schema)) return '';
  const own = typeof schema['description'] === 'string' ? schema['description'] : '';
  if (own !== '') return own;
  if (isJsonObject(schema['items'])) return describe(schema['items']);
  return alternatives(schema).map(describe).filter(Boolean).join(' Or: ');
}

function alternatives(schema: JsonObject): readonly JsonObject[] {
  const { anyOf } = schema;
  return Array.isArray(anyOf) ? anyOf.filter(isJsonObject) : [];
}

/**
 * "text", "one of `a`, `b`", "list of [`payers[]`](#payers)"; objects get a section of their own.
 */
function describeType(sections: Sections, field: string, schema: JsonObject): string {
  const { $ref, enum: values, type, items, patternProperties } = schema;
  if (typeof $ref === 'string') return refType(sections, $ref);
  if ('const' in schema) return `\`${JSON.stringify(schema['const'])}\``;
  if (Array.isArray(values)) return `one of ${values.map((each) => `\`${each}\``).join(', ')}`;
  const options = alternatives(schema);
  if (options.length > 0) {
    const kinds = options.map((each) => describeType(sections, field, each));
    return [...new Set(kinds)].join(' or ');
  }
  if (type === 'array' && isJsonObject(items))
    return `list of ${describeType(sections, `${field}[]`, items)}`;
  if (isJsonObject(patternProperties)) {
    const [value] = Object.values(patternProperties).filter(isJsonObject);
    return `names with ${value === undefined ? '' : describeType(sections, `${field}.<name>`, value)}`;
  }
  if (type === 'object') return linkTo(openSection(sections, field, schema));
  if (type === 'string') return textType(schema);
  return type === 'integer' ? wholeNumber(schema) : String(type ?? '');
}

function refType(sections: Sections, $ref: string): string {
  const name = $ref.split('/').at(-1) ?? $ref;
  const defs = sections.root['$defs'];
  const part = isJsonObject(defs) ? defs[name] : undefined;
  if (!isJsonObject(part)) return name;
  if (part['type'] === 'object') return linkTo(openSection(sections, name, part));
  const formula = alternatives(part).find((each) => each['type'] === 'object');
  if (formula === undefined) return describeType(sections, name, part);
  return `yuan as text, or ${linkTo(openSection(sections, name, formula))}`;
}

/** The pattern in words. That a text is not blank goes without saying. */
function textType({ pattern }: JsonObject): string {
  if (typeof pattern !== 'string' || pattern === '\\S') return 'text';
  const words = patternWords(pattern);
  return words === undefined ? 'text' : `text: ${words.en}`;
}

function wholeNumber({ minimum, maximum }: JsonObject): string {
  return minimum === undefined ? 'whole number' : `whole number, ${minimum} to ${maximum ?? '…'}`;
}

function linkTo({ name }: Section): string {
  const anchor = name.toLowerCase().replaceAll(/[^a-z0-9-]/g, '');
  return `[\`${name}\`](#${anchor})`;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('<', '\\<').replaceAll('\n', ' ');
}
