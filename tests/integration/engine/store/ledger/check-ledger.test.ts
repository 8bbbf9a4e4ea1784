/**
 * Goal: each law of the books finds the change that breaks it, made past the engine by somebody who may
 * change every row; and finds nothing in books with settlements in every state that there is.
 */
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startOfBusinessDate } from '../../../../../engine/base/time/calendar.ts';
import type { CheckedLaw } from '../../../../../engine/store/ledger/check-ledger.ts';
import {
  checkLaws,
  checkLedger,
  ledgerLaws,
} from '../../../../../engine/store/ledger/check-ledger.ts';
import type { KeptDatabase } from '../upgrade/kept-database.ts';
import { openKeptDatabase } from '../upgrade/kept-database.ts';
import { postSomeCredits } from './some-credits.ts';

let kept: KeptDatabase;
let client: pg.Client;
beforeAll(async () => {
  kept = await openKeptDatabase('998ba1d', '0013');
  await postSomeCredits(kept.url);
  client = new pg.Client({ connectionString: kept.url });
  await client.connect();
});
afterAll(async () => {
  await client.end();
  await kept.close();
});

test('the books of an earlier version, in every state, break no law', async () => {
  const laws = await checkLedger(kept.url);
  expect(laws.filter(({ broken }) => broken > 0)).toEqual([]);
  expect(laws.map(({ id }) => id)).toEqual(ledgerLaws.map(({ id }) => id));
  expect(laws.filter(({ checked }) => !checked).map(({ id }) => id)).toEqual([]);
});

test('a day is held against the laws of a day; the others are told as not checked', async () => {
  const { rows } = await client.query<{ day: string; n: number }>(
    `select business_date as day, count(*)::int as n from settlement group by 1 order by 2 desc limit 1`,
  );
  const fromMs = startOfBusinessDate(rows[0]?.day ?? '');
  const laws = await checkLedger(kept.url, { fromMs, untilMs: fromMs + 86_400_000 });
  expect(laws.filter(({ broken }) => broken > 0)).toEqual([]);
  const whole = new Set(ledgerLaws.filter(({ scope }) => scope === 'whole').map(({ id }) => id));
  for (const { id, checked } of laws) {
    expect([id, checked === undefined]).toEqual([id, whole.has(id)]);
  }
  const ofSettlements = laws.find(({ id }) => id === 'settlement-is-posted');
  expect(ofSettlements?.checked).toBe(rows[0]?.n);
});

/** The one row that a change is made to. */
const one = (table: string, which = 'true') =>
  `(shard, ${keys[table]}) = (select shard, ${keys[table]} from ${table} where ${which} limit 1)`;
const keys: Readonly<Record<string, string>> = {
  posting: 'settlement_id, posting_no',
  person: 'person_no',
  shared_account: 'account',
  carried_entries: 'account, person_no',
  settlement: 'id',
  card: 'card_id',
  refund: 'settlement_id, refund_no',
  bank_leg: 'settlement_id, leg_no',
  closing_approval: 'settlement_id, proposal_no',
  request: 'terminal_id, request_key, card_id',
  account_credit: 'person_no, credit_id',
};
const posted = `state = 'posted' and refunded_lines = '{}' and total > 0`;

/** The law, what is changed, and which other laws say so too. */
const tampered: readonly (readonly [string, string, string, readonly string[]])[] = [
  [
    'posting-balances',
    'an amount of a posting',
    `update posting set amounts[1] = amounts[1] - 1 where ${one('posting', "posting_no = 0 and accounts[1] like 'fund:%'")}`,
    ['shared-account-follows-entries'],
  ],
  [
    'personal-account-follows-entries',
    'a balance',
    `update person set account_balance = account_balance + 100 where ${one('person')}`,
    ['trial-balance', 'account-is-credits-less-payments'],
  ],
  [
    'shared-account-follows-entries',
    'the count of a fund',
    `update shared_account set entries = entries + 1 where ${one('shared_account')}`,
    [],
  ],
  [
    'trial-balance',
    'a fund, with an entry of its own that nothing balances',
    `update shared_account set balance = balance + 7 where ${one('shared_account')}`,
    ['shared-account-follows-entries'],
  ],
  [
    'carried-months-balance',
    'a sum of a month that was taken away',
    `update carried_entries set amount = amount + 1 where ${one('carried_entries', "account <> 'person'")}`,
    ['shared-account-follows-entries'],
  ],
  [
    'hold-has-an-open-settlement',
    'a hold',
    `update person set account_held = 1 where ${one('person', 'account_held = 0 and account_balance > 1')}`,
    [],
  ],
  [
    'rows-have-their-person',
    'the directory of cards',
    `delete from card_owner where card_id = (select card_id from card limit 1)`,
    [],
  ],
  [
    'parts-make-the-whole',
    'the fund’s part of a settlement',
    `alter table settlement disable trigger all;
     do $$ declare name text; begin
       for name in select conname from pg_constraint
         where conrelid = 'settlement'::regclass and contype = 'c' loop
         execute 'alter table settlement drop constraint ' || quote_ident(name);
       end loop;
     end $$;
     update settlement set fund_total = fund_total + 1 where ${one('settlement', posted)}`,
    [],
  ],
  [
    'settlement-is-posted',
    'a posting that is removed with its sums',
    `with gone as (delete from posting where ${one('posting', 'posting_no = 0')} returning *)
     update settlement s set total = total from gone where (s.shard, s.id) = (gone.shard, gone.settlement_id)`,
    ['personal-account-follows-entries', 'shared-account-follows-entries'],
  ],
  [
    'settlement-is-posted',
    'amounts of a settlement that stands, all of them',
    `update settlement set total = total + 1, patient_pay = patient_pay + 1
     where ${one('settlement', `${posted} and tender = 'cash'`)}`,
    [],
  ],
  [
    'refund-is-posted',
    'amounts of a refund',
    `update refund set total = total + 1, fund_total = fund_total + 1
     where ${one('refund', `state = 'done'`)}`,
    ['settlement-is-posted'],
  ],
  [
    'claim-is-what-corrections-say',
    'a claim that no correction explains',
    `insert into claim (shard, person_no, settlement_id, region, owed, paid, payments, changed_at)
     select shard, person_no, id, insured_region, 5, 0, 0, 0 from settlement where ${one('settlement', posted)}`,
    [],
  ],
  [
    'claim-is-what-corrections-say',
    'a payment of a claim that was never posted',
    `insert into claim (shard, person_no, settlement_id, region, owed, paid, payments, changed_at, paid_by, voucher)
     select shard, person_no, id, insured_region, 0, 5, 1, 0, 'wang', 'R-1' from settlement
     where ${one('settlement', `${posted} and (shard, id) in (select shard, settlement_id from posting)`)}`,
    [],
  ],
  [
    'correction-is-posted',
    'a correction that was never posted',
    `insert into correction (shard, person_no, settlement_id, correction_no, caused_by, refund_no, lines_refunded,
       accumulators, account_available, fund_total_before, other_pay_before, account_pay_before,
       patient_pay_before, total, fund_total, other_pay, account_pay, patient_pay, at)
     select shard, person_no, id, 1, id, 1, 0, '{}', 0, fund_total - 1, other_pay + 1, account_pay,
       patient_pay, total, fund_total, other_pay, account_pay, patient_pay, posted_at from settlement
     where ${one('settlement', `${posted} and fund_total > 0 and (shard, id) in (select shard, settlement_id from posting)`)}`,
    [],
  ],
  [
    'credit-is-posted',
    'the account that a credit came from',
    `update posting set accounts[2] = 'account-funding:441900:contribution'
     where ${one('posting', "settlement_id = 'C1'")}`,
    ['shared-account-follows-entries'],
  ],
  [
    'credit-is-posted',
    'a credit’s posting that is removed',
    `delete from posting where ${one('posting', "settlement_id = 'C1'")}`,
    ['personal-account-follows-entries', 'shared-account-follows-entries'],
  ],
  ['credit-is-of-a-released-file', 'the release of a file', 'delete from credit_release', []],
  [
    'credit-is-of-a-released-file',
    'the second person',
    `alter table credit_release drop constraint credit_release_check;
     update credit_release set released_by = proposed_by`,
    [],
  ],
  [
    'credit-is-of-a-released-file',
    'a credit that is posted for more than its row says',
    `update credit_order set amount = amount - 1 where credit_id = 'C1'`,
    [],
  ],
  [
    'finished-file-is-posted',
    'a row that was left out of a file',
    'update credit_file set rows = rows + 1',
    [],
  ],
  [
    'account-is-credits-less-payments',
    'a credit that is removed',
    `delete from account_credit where ${one('account_credit')}`,
    ['posting-has-a-cause', 'finished-file-is-posted'],
  ],
  [
    'lines-go-back-once',
    'the refunded lines of a settlement',
    `update settlement set refunded_lines = array['1'] where ${one('settlement', posted)}`,
    [],
  ],
  [
    'posting-has-a-cause',
    'a settlement that is removed',
    `delete from settlement where ${one('settlement', `${posted} and tender = 'cash'`)}`,
    ['answer-agrees', 'account-is-credits-less-payments'],
  ],
  [
    'open-work-has-a-deadline',
    'the deadline of a leg',
    `alter table bank_leg disable trigger all;
     alter table bank_leg drop constraint bank_leg_open_since;
     update bank_leg set open_since = null where ${one('bank_leg', 'open_since is not null')}`,
    [],
  ],
  [
    'bank-leg-agrees',
    'the amount of a bank leg',
    `update bank_leg set amount = amount + 1 where ${one('bank_leg', `state = 'approved' and leg_no = 0`)}`,
    [],
  ],
  [
    'trace-is-used-once',
    'a trace number',
    `update bank_leg l set (bank_terminal_id, batch, stan) = (select bank_terminal_id, batch, stan
       from bank_leg o where (o.shard, o.settlement_id, o.leg_no) <> (l.shard, l.settlement_id, l.leg_no) limit 1)
     where ${one('bank_leg').replaceAll('(shard, settlement_id, leg_no) = (', '(l.shard, l.settlement_id, l.leg_no) = (')}`,
    [],
  ],
  [
    'resolution-takes-two-people',
    'the second person',
    `alter table closing_approval drop constraint closing_takes_two_people;
     update closing_approval set approved_by = proposed_by where ${one('closing_approval')}`,
    [],
  ],
  [
    'resolution-takes-two-people',
    'both people’s names of what the bank keeps',
    `delete from closing_approval; delete from closing_proposal`,
    ['posting-has-a-cause'],
  ],
  [
    'key-settles-once',
    'a second settlement of a request key',
    `insert into settlement select (jsonb_populate_record(s, jsonb_build_object('id', s.id || 'X'))).*
     from settlement s where state = 'released' limit 1`,
    ['bank-leg-agrees'],
  ],
  [
    'answer-agrees',
    'the bytes of an answer',
    `delete from answer_block where (shard, id) = (select answer_shard, answer_block from request
       where state = 'final' and answer_outcome = 'approved' and settlement_id is not null
       order by at desc limit 1)`,
    [],
  ],
  [
    'answer-agrees',
    'a settlement that was approved and is said to be declined',
    `update request set answer_outcome = 'declined' where ${one('request', `state = 'final' and answer_outcome = 'approved'`)}`,
    [],
  ],
];

test.each(tampered)('%s: %s', async (law, _what, statement, alsoBroken) => {
  const laws = await heldAgainst(statement);
  const found = laws.filter(({ broken }) => broken > 0);
  expect(new Set(found.map(({ id }) => id))).toEqual(new Set([law, ...alsoBroken]));
  const [difference] = found.find(({ id }) => id === law)?.differences ?? [];
  expect(difference?.subject).toMatch(/\S/);
  expect(difference?.found).not.toBe(difference?.expected);
});

test('every law is broken by some change', () => {
  const ids = new Set(tampered.map(([law]) => law));
  expect(ledgerLaws.filter(({ id }) => !ids.has(id)).map(({ id }) => id)).toEqual([]);
});

/** The laws as they hold after the change, which is then undone. */
async function heldAgainst(statement: string): Promise<readonly CheckedLaw[]> {
  await client.query('begin');
  try {
    await client.query('set local session_replication_role = replica');
    await client.query(statement);
    return await checkLaws(async (text, values) => (await client.query(text, [...values])).rows);
  } finally {
    await client.query('rollback');
  }
}
