/** A published settlement, as `settlement-examples/*.json` keeps it. */
export type Example = {
  readonly id: string;
  readonly rules_summary: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly expected: Readonly<Record<string, unknown>>;
};

export function exampleBy(examples: readonly Example[]) {
  return (id: string): Example => {
    const found = examples.find((example) => example.id === id);
    if (found === undefined) throw new Error(`no example ${id}`);
    return found;
  };
}

/** An amount of an example in yuan with two decimals. */
export function amountText(value: unknown): string {
  const text = String(value);
  const [whole = '', decimals = ''] = text.split('.');
  return `${whole}.${decimals.padEnd(2, '0')}`;
}
