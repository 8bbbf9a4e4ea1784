import { withClient } from '../../ops/postgres/client-config.ts';
import { accountLaws } from './account-laws.ts';
import { correctionLaws } from './correction-laws.ts';
import { creditLaws } from './credit-laws.ts';
import type { Law } from './law.ts';
import { requestLaws } from './request-laws.ts';
import { settlementLaws } from './settlement-laws.ts';

/** Every law of the books, in the order in which they are checked. */
export const ledgerLaws: readonly Law[] = [
  ...accountLaws,
  ...settlementLaws,
  ...correctionLaws,
  ...creditLaws,
  ...requestLaws,
];

/** Something that breaks a law. Amounts in fen; numbers of people and cards are masked. */
export type Difference = {
  readonly subject: string;
  readonly found: string;
  readonly expected: string;
};

export type CheckedLaw = Pick<Law, 'id' | 'zh' | 'en'> & {
  /**
   * How many rows the law was held against; undefined: it is of the whole database, and a day was asked
   * for.
   */
  readonly checked: number | undefined;
  readonly broken: number;
  /** The first {@link DIFFERENCES_MAX} of them. */
  readonly differences: readonly Difference[];
};

/** First moment of the days to check and that of the day after them, ms. */
export type CheckedDays = { readonly fromMs: number; readonly untilMs: number };

/** Differences of a law that are told one by one. */
const DIFFERENCES_MAX = 20;

/** Runs one query with values; the rows as they are. */
type Query = (text: string, values: readonly unknown[]) => Promise<readonly unknown[]>;

/**
 * Holds every law against the books as they stand at one moment, beside running engines; nothing is locked.
 * @param url of a login that may read the books
 * @param days undefined: the whole database
 * @throws errors of the driver
 */
export async function checkLedger(url: string, days?: CheckedDays): Promise<readonly CheckedLaw[]> {
  return withClient(url, 'ledger', async (client) => {
    await client.query('begin isolation level repeatable read read only');
    return await checkLaws(
      async (text, values) => (await client.query(text, [...values])).rows,
      days,
    );
  });
}

/** Holds every law against what `query` sees: a transaction gives one moment, with its own changes. */
export async function checkLaws(query: Query, days?: CheckedDays): Promise<readonly CheckedLaw[]> {
  const checked: CheckedLaw[] = [];
  for (const law of ledgerLaws) checked.push(await checkLaw(query, law, days));
  return checked;
}

type Row = {
  readonly checked: string;
  readonly broken: string;
  readonly differences: readonly Difference[] | null;
};

async function checkLaw(
  query: Query,
  { id, zh, en, scope, checked, broken }: Law,
  days: CheckedDays | undefined,
): Promise<CheckedLaw> {
  const name = { id, zh, en };
  if (scope === 'whole' && days !== undefined) {
    return { ...name, checked: undefined, broken: 0, differences: [] };
  }
  // Laws of the whole database have no parameters; the condition gives them to every statement.
  const text = `with broken as (${broken})
    select (${checked})::text as checked, (select count(*) from broken)::text as broken,
      (select json_agg(b)
        from (select * from broken order by subject limit ${DIFFERENCES_MAX}) b) as differences
    where $1::bigint is null or $2::bigint is not null`;
  const rows = await query(text, [days?.fromMs ?? null, days?.untilMs ?? null]);
  const row = rows[0] as Row | undefined;
  return {
    ...name,
    checked: Number(row?.checked ?? 0),
    broken: Number(row?.broken ?? 0),
    differences: row?.differences ?? [],
  };
}
