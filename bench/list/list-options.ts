import { parseArgs } from 'node:util';

export type ListOptions = {
  /** Cards of the long list, and of the short one beside it. */
  readonly cards: number;
  readonly fewCards: number;
  readonly rounds: number;
  /** Length of a measured load, s. */
  readonly seconds: number;
  readonly persons: number;
  /** False: only the compact list, without database and engines. */
  readonly isSettling: boolean;
  readonly json: string | undefined;
};

/** What the goals are set for; smaller runs pass no verdict. */
export const goalCards = 10_000_000;

/** @throws Error for an option that is unknown or has a value that is not allowed */
export function readListOptions(args: readonly string[]): ListOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      cards: { type: 'string' },
      'few-cards': { type: 'string', default: '1000' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      persons: { type: 'string' },
      'no-settling': { type: 'boolean', default: false },
      json: { type: 'string' },
    },
  });
  const usual = values.quick
    ? { cards: 200_000, rounds: 2, seconds: 1, persons: 4_000 }
    : { cards: goalCards, rounds: 9, seconds: 3, persons: 20_000 };
  const read = (name: keyof typeof usual) =>
    values[name] === undefined ? usual[name] : whole(name, values[name]);
  return {
    ...{ cards: read('cards'), rounds: read('rounds'), seconds: read('seconds') },
    ...{ persons: read('persons'), fewCards: whole('few-cards', values['few-cards']) },
    ...{ isSettling: !values['no-settling'], json: values.json },
  };
}

function whole(name: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Error(`--${name} is a whole number from 1, not ${text}`);
}
