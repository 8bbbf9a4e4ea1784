import { forbiddenNames } from './strict-json.ts';

/** What is wrong with a document, in both languages. */
export type DocumentFault = { readonly zh: string; readonly en: string };

/** What may stand at a place of the text. `next`: a comma or a closing bracket, at the outside the end. */
type Expected = 'value' | 'first-item' | 'first-name' | 'name' | 'colon' | 'next';

/** An object that is open, with its names so far; an array has none. */
type Level = { readonly names: Set<string> | undefined };

const SPACE = /[ \t\n\r]*/y;
const OTHER = /[{}[\],:]|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/**
 * Why the strict reader refused a text: its first syntax error, name that stands twice or is not allowed, or
 * character that no text may have, with the line. Nothing of the content is told but names.
 */
export function findJsonFault(text: string, levelsMax: number): DocumentFault {
  const levels: Level[] = [];
  let expected: Expected = 'value';
  let at = match(SPACE, text, 0).length;
  while (at < text.length) {
    const token = text[at] === '"' ? readString(text, at) : match(OTHER, text, at);
    const next = nextExpected(expected, token, levels.at(-1));
    if (next === undefined) return atLine(text, at, syntaxFault);
    if (token === '{' || token === '[')
      levels.push({ names: token === '{' ? new Set() : undefined });
    else if (token === '}' || token === ']') levels.pop();
    if (levels.length > levelsMax) return atLine(text, at, levelFault(levelsMax));
    const names = next === 'colon' ? levels.at(-1)?.names : undefined;
    const fault = token.startsWith('"') ? textFault(JSON.parse(token), names) : undefined;
    if (fault !== undefined) return atLine(text, at, fault);
    expected = next;
    at += token.length;
    at += match(SPACE, text, at).length;
  }
  return atLine(text, at, expected === 'next' && levels.length === 0 ? otherFault : endFault);
}

function match(pattern: RegExp, text: string, at: number): string {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? '';
}

/** The string that begins here, with its quotes; empty when it has no end, or an escape that JSON does not know. */
function readString(text: string, start: number): string {
  let end = start + 1;
  while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1;
  const token = text.slice(start, end + 1);
  try {
    JSON.parse(token);
    return token;
  } catch {
    return '';
  }
}

/** What may stand after the token; undefined when the token itself may not stand there. */
function nextExpected(
  expected: Expected,
  token: string,
  level: Level | undefined,
): Expected | undefined {
  const isObject = level?.names !== undefined;
  switch (expected) {
    case 'colon':
      return token === ':' ? 'value' : undefined;
    case 'first-name':
    case 'name':
      if (token.startsWith('"')) return 'colon';
      return token === '}' && expected === 'first-name' ? 'next' : undefined;
    case 'next':
      if (level === undefined) return undefined;
      if (token === ',') return isObject ? 'name' : 'value';
      return token === (isObject ? '}' : ']') ? 'next' : undefined;
    case 'first-item':
    case 'value':
      if (token === ']' && expected === 'first-item') return 'next';
      if (token === '{') return 'first-name';
      if (token === '[') return 'first-item';
      return token === '' || '}],:'.includes(token) ? undefined : 'next';
  }
}

/** @param names of the object, when the text is a name; the name is added to them */
function textFault(text: string, names: Set<string> | undefined): DocumentFault | undefined {
  if (!text.isWellFormed() || text.includes('\u0000')) return otherFault;
  if (names === undefined) return undefined;
  const name = JSON.stringify(text.slice(0, 60));
  if (names.has(text))
    return {
      zh: `名称 ${name} 在同一对象中出现两次；不知以哪一个为准`,
      en: `the name ${name} stands twice in one object: which one is meant is unknown`,
    };
  names.add(text);
  if (!forbiddenNames.has(text)) return undefined;
  return { zh: `不允许使用名称 ${name}`, en: `the name ${name} is not allowed` };
}

const syntaxFault: DocumentFault = {
  zh: '不是 JSON：此处有语法错误',
  en: 'is not JSON: a syntax error is here',
};
const endFault: DocumentFault = {
  zh: '不是 JSON：内容不完整，在此处中断',
  en: 'is not JSON: it is not complete, and ends here',
};
const otherFault: DocumentFault = {
  zh: '含有文本中不允许的字符（NUL 或不成对的代理码）',
  en: 'has a character that no text may have (NUL or half of a surrogate pair)',
};

function levelFault(levelsMax: number): DocumentFault {
  return {
    zh: `嵌套超过 ${levelsMax} 层`,
    en: `is nested more than ${levelsMax} levels deep`,
  };
}

function atLine(text: string, at: number, { zh, en }: DocumentFault): DocumentFault {
  const lines = text.slice(0, at).split('\n');
  const [line, column] = [lines.length, (lines.at(-1) ?? '').length + 1];
  return {
    zh: `第 ${line} 行第 ${column} 列：${zh}`,
    en: `line ${line}, column ${column}: ${en}`,
  };
}
