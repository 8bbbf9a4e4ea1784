import { type TSchema, Type } from 'typebox';

/** The kinds of settings: a schema with the environment variable that sets it. */
export type Variable = TSchema & { readonly variable: string };

export function isVariable(schema: unknown): schema is Variable {
  return typeof schema === 'object' && schema !== null && 'variable' in schema;
}

export function integer(
  variable: string,
  limits: { readonly minimum: number; readonly maximum: number; readonly default?: number },
) {
  return Type.Integer({ ...limits, variable });
}

export function tenToMillion(initial: number) {
  return { minimum: 10, maximum: 1_000_000, default: initial };
}

export function text(
  variable: string,
  limits: { readonly minLength?: number; readonly pattern?: string; readonly default?: string },
) {
  return Type.String({ ...limits, variable });
}

export function oneOf<const Word extends string>(
  variable: string,
  words: readonly Word[],
  initial: NoInfer<Word>,
) {
  return Type.Unsafe<Word>(Type.Enum([...words], { default: initial, variable }));
}

const examples: ReadonlyMap<string, string> = new Map([
  ['YIKATONG_REFUND_ORDER', '110000=refuse,310000=keep'],
  ['YIKATONG_BILL_CEILINGS', '41=8000/4000,14=200000/90000'],
]);

/** What a setting may be, in words. */
export function allowedValues(schema: Variable): { readonly zh: string; readonly en: string } {
  if (Type.IsInteger(schema)) {
    const { minimum, maximum } = schema as { readonly minimum?: number; readonly maximum?: number };
    return {
      zh: `${minimum} 至 ${maximum} 的整数`,
      en: `a whole number from ${minimum} to ${maximum}`,
    };
  }
  if (Type.IsEnum(schema)) {
    const values = schema.enum.join(', ');
    return { zh: values, en: `one of ${values}` };
  }
  if (schema.variable === 'DATABASE_URL') {
    const address = 'postgres://user:password@host:5432/database';
    return { zh: address, en: address };
  }
  const example = examples.get(schema.variable);
  if (example !== undefined) {
    return { zh: `如 ${example} 的文本`, en: `a text such as ${example}` };
  }
  if (schema.variable === 'YIKATONG_METRICS_TOKEN') {
    return {
      zh: '16 至 200 个字母、数字或 . _ ~ + / = -',
      en: '16 to 200 letters, digits or . _ ~ + / = -',
    };
  }
  return { zh: '非空文本', en: 'a text that is not empty' };
}
