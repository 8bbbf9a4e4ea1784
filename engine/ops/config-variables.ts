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
