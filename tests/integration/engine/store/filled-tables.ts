import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { CardId, PersonNo } from '../../../../engine/base/ids/ids.ts';
import { makeSettlementId, shardOf } from '../../../../engine/base/ids/ids.ts';
import { openSeedStore } from '../../../../engine/store/reference/seed-store.ts';
import { card, person } from '../../../support/domain/builders.ts';
import { testPersonalData } from '../../../support/flows/test-keys.ts';

/** Beijing's 22 November 2024, when everything of the filled tables is over. */
export const NOW = Date.parse('2024-11-22T10:00:00+08:00');
const FIRST = Date.parse('2024-03-02T10:00:00+08:00');
const PEOPLE = 1_000;
const SALES = 9_000;

/**
 * Nine months of sales of a thousand people, a fifth of them with the bank, a tenth refunded: enough for
 * the planner to have a choice, and few enough that its statistics hold every row, so that plans are the
 * same everywhere.
 */
export async function fillTables(url: string): Promise<void> {
  const people = Array.from({ length: PEOPLE }, (_, i) => {
    const personNo = `P${String(i).padStart(8, '0')}` as PersonNo;
    return { shard: shardOf(personNo), personNo };
  });
  const cardOf = (i: number) => String(i).padStart(32, '0') as CardId;
  const seeds = await openSeedStore(url, testPersonalData);
  await seeds.insertPersons([person(), ...people.map((key) => person({ key }))]);
  await seeds.insertCards([
    card(),
    ...people.map((key, i) => card({ key, cardId: cardOf(i), cardNumber: `B${i}` })),
  ]);
  await seeds.close();
  const sales = Array.from({ length: SALES }, (_, i) => {
    const at = FIRST + Math.floor((i * (NOW - FIRST)) / SALES);
    const { shard, personNo } = people[i % PEOPLE] ?? { shard: 0, personNo: '' };
    const id = makeSettlementId(shard, at, randomBytes(10));
    return { shard, id, at, person_no: personNo, card_id: cardOf(i % PEOPLE), no: i };
  });
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('select yikatong_add_months($1, 9)', [FIRST]);
  await client.query(
    'create temp table sale (shard smallint, id text, at bigint, person_no text, card_id text, no integer)',
  );
  await client.query(
    'insert into sale select * from json_populate_recordset(null::sale, $1::json)',
    [JSON.stringify(sales)],
  );
  await client.query(rows);
  await client.query('analyze');
  await client.end();
}

const rows = `
  insert into settlement (shard, id, person_no, state, request_key, terminal_id, institution, card_id,
    care_type, care_region, insured_region, accepted_at, business_date, posted_at, tender, pack_id, input,
    total, fund_total, account_pay, patient_pay, refunded_lines, balance_after)
  select shard, id, person_no, 'posted', 'key-of-sale-' || no, 'terminal-' || no % 20, 'H' || no % 10,
    card_id, '41', '441900', '441900', at,
    to_char(to_timestamp(at / 1000) at time zone 'Asia/Shanghai', 'YYYY-MM-DD'), at, 'cash', 'pack',
    json_build_object('lines', repeat('medicine ', 60)), 100, 0, 0, 100, '{}', 0
  from sale;
  insert into answer_block
  select shard, at * 4194304 + no, convert_to('{"is":"' || repeat('x', 600) || '"}', 'UTF8') from sale;
  insert into request (shard, terminal_id, request_key, card_id, person_no, fingerprint, settlement_id,
    state, answer_status, answer_outcome, answer_shard, answer_block, answer_no, at)
  select shard, 'terminal-' || no % 20, 'key-of-sale-' || no, card_id, person_no, 'f', id, 'final', 200,
    'approved', shard, at * 4194304 + no, 0, at from sale;
  insert into posting select shard, id, 0, person_no, '{cash:H,institution:H}', '{-100,100}', at from sale;
  insert into bank_leg (shard, settlement_id, leg_no, person_no, kind, state, amount, stan, batch,
    bank_terminal_id, bank_merchant_id, sealed_reference, attempts, next_attempt_at, fence, open_since)
  select shard, id, 0, person_no, 'sale', case no % 500 when 0 then 'reversing' else 'approved' end, 100,
    no + 1, 1, 'terminal-' || no % 20, 'merchant', 'r', 0, case no % 500 when 0 then at end, 0,
    case no % 500 when 0 then at end
  from sale where no % 5 = 0;
  insert into refund (shard, settlement_id, refund_no, person_no, state, request_key, terminal_id, lines,
    total, fund_total, account_pay, patient_pay, at)
  select shard, id, 1, person_no, 'done', 'key-of-refund-' || no, 'terminal-' || no % 20, '{1}', 100, 0, 0,
    100, at from sale where no % 10 = 0;
  insert into closing_proposal
  select shard, settlement_id, 1, person_no, 0, 'bank-kept', 'letter', null, 'wang', 0,
    'database-login' from bank_leg;
  insert into closing_approval select shard, settlement_id, 1, person_no, 'wang', 'li', 0,
    'database-login' from bank_leg;
  insert into correction
  select shard, person_no, id, 1, id, 1, 0, '[]', 0, 0, 0, 0, 100, 100, 0, 0, 0, 100, at
  from sale where no % 4 = 1;
  insert into claim select shard, person_no, id, '441900', 100, 0, 0, at from sale where no % 4 = 1;
  insert into accumulator select distinct on (shard, person_no) shard, person_no, 2024, '310', '{}'::json
  from sale;
  insert into invalid_list values ('city', '441900', 1, 0);
  insert into invalid_list_entry (card_id, from_version, list_no, reason)
  select lpad(n::text, 32, 'F')::uuid, 1, list_no, 'lost' from invalid_list, generate_series(1, 2000) as n`;
