/** One difference of two documents; "nothing" stands for a missing value. */
export type Change = { readonly path: string; readonly before: string; readonly after: string };

type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Every difference of two JSON documents, each at its innermost path. Entries of lists are matched
 * by their `id` where they have one ("payers[hifp-main].caps[yearly-cap].amount"), else by index.
 */
export function diffStructure(before: unknown, after: unknown, path = ''): readonly Change[] {
  if (isObject(before) && isObject(after)) return diffObjects(before, after, path);
  if (Array.isArray(before) && Array.isArray(after)) {
    if (before.some(isObject) || after.some(isObject))
      return diffObjects(byId(before), byId(after), path);
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  return [{ path, before: shortenJson(before), after: shortenJson(after) }];
}

const CHARACTERS_MAX = 240;

/** Long enough to see where two sentences differ. */
function shortenJson(value: unknown): string {
  const json = JSON.stringify(value) ?? 'nothing';
  return json.length <= CHARACTERS_MAX ? json : `${json.slice(0, CHARACTERS_MAX - 1)}…`;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Keys like "[hifp-main]": brackets distinguish list entries from object keys. */
function byId(list: readonly unknown[]): JsonObject {
  const entries = list.map((entry, index): [string, unknown] => {
    const id = isObject(entry) && typeof entry['id'] === 'string' ? entry['id'] : String(index);
    return [`[${id}]`, entry];
  });
  return Object.fromEntries(entries);
}

function diffObjects(before: JsonObject, after: JsonObject, path: string): readonly Change[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => {
    const entryPath = path === '' || key.startsWith('[') ? `${path}${key}` : `${path}.${key}`;
    return diffStructure(before[key], after[key], entryPath);
  });
}
