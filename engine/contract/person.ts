/** What officers read of a person. */
import { type Static, Type } from 'typebox';
import { closed, Day, list, oneOf, orNull, SignedMoney, Text } from './values.ts';

const RegionText = Type.String({ pattern: '^[0-9]{6}$', examples: ['441900'] });

export const PersonParams = closed({
  personNo: Type.String({ pattern: '^[0-9A-Za-z]{1,30}$', description: 'psn_no' }),
});

const relation = {
  relationNo: Type.String({ description: 'psn_insu_rlts_id, of the insurer' }),
  state: oneOf('normal', 'paused', 'arrears', 'ended'),
  from: Day,
  /** The last day; null: until another row says otherwise. */
  until: orNull(Day),
  region: RegionText,
  scheme: Text,
  personType: Text,
  employer: orNull(Text),
};

export const RelationsDocument = closed({
  /** What is known now, span by span. */
  relations: list(closed(relation)),
  /** Every row of every file, in the order in which it came. */
  history: list(closed({ ...relation, file: Text, line: Type.Integer(), recordedAt: Text })),
});
export type RelationsDocument = Static<typeof RelationsDocument>;

export const AccountDocument = closed({
  status: oneOf('active', 'none', 'frozen', 'closed'),
  balance: SignedMoney,
  held: SignedMoney,
  opening: SignedMoney,
  credits: list(
    closed({
      creditId: Text,
      at: Text,
      kind: oneOf(
        ...(['contribution', 'retirement', 'interest', 'correction'] as const),
        ...(['transfer-in', 'transfer-out', 'payout'] as const),
      ),
      amount: SignedMoney,
      balanceAfter: SignedMoney,
      file: Text,
      /** The credit that it takes back. */
      reverses: orNull(Text),
    }),
  ),
  payments: list(
    closed({ settlementId: Text, businessDate: Day, state: Text, accountPay: SignedMoney }),
  ),
});
export type AccountDocument = Static<typeof AccountDocument>;
