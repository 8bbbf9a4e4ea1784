/**
 * JSON of values that JSON has no form for: a bigint is {"$n": "123"}, a Map {"$map": [[key, value], …]},
 * a Set {"$set": […]}. What is undefined is left out. For values without names that begin with "$".
 */
type ExactJson = string | number | boolean | null | ExactJson[] | { [name: string]: ExactJson };

/** The value as plain JSON; `fromExactJson` gives an equal one back. */
export function toExactJson(value: object): object {
  return encodeObject(value);
}

function encode(value: unknown): ExactJson {
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return value;
    case 'bigint':
      return { $n: value.toString() };
    case 'object':
      return value === null ? null : encodeObject(value);
    default:
      throw new TypeError(`a ${typeof value} cannot be stored`);
  }
}

function encodeObject(value: object): ExactJson[] | { [name: string]: ExactJson } {
  if (Array.isArray(value)) return value.map(encode);
  if (value instanceof Map) return { $map: [...value].map((entry) => entry.map(encode)) };
  if (value instanceof Set) return { $set: [...value].map(encode) };
  const named = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(named.map(([name, member]) => [name, encode(member)]));
}

/** The value that `toExactJson` was given; its type is the caller's to know. */
export function fromExactJson<Value>(json: object): Value {
  return decode(json) as Value;
}

function decode(json: unknown): unknown {
  if (json === null || typeof json !== 'object') return json;
  if (Array.isArray(json)) return json.map(decode);
  const { $n, $map, $set } = json as { $n?: string; $map?: unknown[][]; $set?: unknown[] };
  if ($n !== undefined) return BigInt($n);
  if ($map !== undefined) return new Map($map.map(([key, value]) => [decode(key), decode(value)]));
  if ($set !== undefined) return new Set($set.map(decode));
  return Object.fromEntries(Object.entries(json).map(([name, member]) => [name, decode(member)]));
}
