/** Words for what a schema asks for, in both languages. */
import { patternWords } from '../model/pattern-words.ts';

/** What must hold, in English (`rule`) and in Chinese. */
export type ProblemWords = { readonly rule: string; readonly zh: string };

export type Breach = {
  readonly keyword: string;
  /** The library's own words. */
  readonly message: string;
  readonly params: object;
};

type Json = Readonly<Record<string, unknown>>;

const typeWords: Readonly<Record<string, string>> = {
  string: '文字（加引号）',
  integer: '整数',
  number: '数',
  boolean: 'true 或 false',
  array: '列表 […]',
  object: '对象 {…}',
};

/** @param part of the schema that the value breaches */
export function schemaWords(breach: Breach, part: Json | undefined): ProblemWords {
  const { rule, zh } = bareWords(breach, part);
  const description = part?.['description'];
  const isTold = typeof description !== 'string' || breach.keyword === 'enum';
  return { rule: isTold ? rule : `${rule} (${description})`, zh };
}

function bareWords({ keyword, message, params }: Breach, part: Json | undefined): ProblemWords {
  const value = part?.[keyword];
  const count = `${value}`;
  switch (keyword) {
    case 'boolean':
      return { rule: 'unknown key', zh: '未知的名称' };
    case 'enum': {
      const allowed = Array.isArray(value) ? value : [];
      return {
        rule: `must be one of ${allowed.join(', ')}`,
        zh: `须为 ${allowed.join('、')} 之一`,
      };
    }
    case 'const':
      return { rule: `must be ${JSON.stringify(value)}`, zh: `须为 ${JSON.stringify(value)}` };
    case 'pattern': {
      const words = patternWords(count);
      return words === undefined
        ? { rule: message, zh: '格式不正确' }
        : { rule: `must be ${words.en}`, zh: `须为${words.zh}` };
    }
    case 'type':
      return { rule: message, zh: `须为${typeWords[count] ?? count}` };
    case 'required':
      return { rule: message, zh: `缺少 ${missingNames(params)}` };
    case 'minItems':
      return { rule: message, zh: `至少 ${count} 项` };
    case 'maxItems':
      return { rule: message, zh: `最多 ${count} 项` };
    case 'minLength':
    case 'minProperties':
      return { rule: message, zh: '不得为空' };
    case 'maxLength':
      return { rule: message, zh: `最多 ${count} 个字符` };
    case 'uniqueItems':
      return { rule: message, zh: '各项不得重复' };
    case 'minimum':
      return { rule: message, zh: `不得小于 ${count}` };
    case 'maximum':
      return { rule: message, zh: `不得大于 ${count}` };
    default:
      return { rule: message, zh: `不符合格式（${keyword}）` };
  }
}

function missingNames(params: object): string {
  const { requiredProperties } = params as { readonly requiredProperties?: readonly string[] };
  return (requiredProperties ?? []).join('、');
}
