import { afterAll, beforeAll, expect, test } from 'vitest';
import { SHARD_COUNT } from '../../../../../engine/base/ids/ids.ts';
import { legTransitions } from '../../../../../engine/domain/leg/leg.ts';
import { settlementTransitions } from '../../../../../engine/domain/settlement/settlement.ts';
import type { CardUuid } from '../../../../../engine/store/tables/card-uuid.ts';
import type { Database } from '../../../../../engine/store/tables/schema.ts';
import type { TestDatabase } from '../../../../support/postgres/test-database.ts';
import { createTestDatabase } from '../../../../support/postgres/test-database.ts';
import { query } from '../toy-store.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ isFresh: true });
});
afterAll(() => database.drop());

type Nullable<T, Name extends string> = null extends T ? `${Name}?` : Name;
/** PostgreSQL's name for the type of a column, from its type here; `?` where it may be null. */
type ColumnType<T> =
  NonNullable<T> extends { readonly __select__: infer Selected }
    ? ColumnType<Selected>
    : NonNullable<T> extends bigint
      ? Nullable<T, 'int8'>
      : NonNullable<T> extends number
        ? Nullable<T, 'int2' | 'int4'>
        : NonNullable<T> extends CardUuid
          ? Nullable<T, 'uuid'>
          : NonNullable<T> extends string
            ? Nullable<T, 'text'>
            : NonNullable<T> extends boolean
              ? Nullable<T, 'bool'>
              : NonNullable<T> extends string[]
                ? Nullable<T, '_text'>
                : NonNullable<T> extends bigint[]
                  ? Nullable<T, '_int8'>
                  : NonNullable<T> extends Buffer
                    ? Nullable<T, 'bytea'>
                    : Nullable<T, 'json' | 'jsonb'>;

/** The compiler holds this list to schema.ts, the test holds it to the database. */
const expected: {
  readonly [Table in keyof Database]: {
    readonly [Name in keyof Database[Table]]: ColumnType<Database[Table][Name]>;
  };
} = {
  person: {
    shard: 'int2',
    person_no: 'text',
    name: 'text',
    region: 'text',
    scheme: 'text',
    person_type: 'text',
    insured: 'bool',
    birth_date: 'text',
    traits: '_text',
    account_status: 'text',
    account_balance: 'int8',
    account_held: 'int8',
    opening_balance: 'int8',
    version: 'int4',
  },
  card: {
    shard: 'int2',
    card_id: 'text',
    person_no: 'text',
    card_number: 'text',
    card_class: 'text',
    spec_version: 'text',
    expires_on: 'text?',
    application_no: 'text?',
    issuing_bank: 'text?',
    replaces: 'text?',
    status: 'text',
    medical: 'text',
    financial: 'text',
    status_since: 'int8',
    oral_loss_until: 'int8?',
    steps: 'int4',
    replaced_by: 'text?',
    pin_verifier: 'text',
    pin_wrong_tries: 'int2',
    last_challenge: 'int8',
    last_atc: 'int4',
  },
  card_application: {
    shard: 'int2',
    person_no: 'text',
    application_no: 'text',
    kind: 'text',
    applied_at: 'int8',
    region: 'text',
    issuing_bank: 'text',
    employer: 'text?',
    batch_no: 'text?',
    cause: 'text?',
    replaces: 'text?',
    delivery: 'text',
    fee: 'int8',
    due_at: 'int8',
    state: 'text',
    state_since: 'int8',
    card_id: 'text?',
    fee_paid: 'bool',
    steps: 'int4',
  },
  card_step: {
    shard: 'int2',
    person_no: 'text',
    subject: 'text',
    step_no: 'int4',
    order_id: 'text',
    kind: 'text',
    card_from: 'text?',
    card_to: 'text?',
    medical_from: 'text?',
    medical_to: 'text?',
    financial_from: 'text?',
    financial_to: 'text?',
    at: 'int8',
    by_kind: 'text',
    by_id: 'text',
    reason: 'text?',
    evidence: 'json',
  },
  card_transition: { machine: 'text', from_state: 'text', to_state: 'text' },
  card_owner: { card_id: 'text', shard: 'int2', person_no: 'text' },
  accumulator: {
    shard: 'int2',
    person_no: 'text',
    year: 'int2',
    scheme: 'text',
    amounts: 'json',
    last_no: 'int4',
    held_by: 'text?',
  },
  settlement: {
    shard: 'int2',
    id: 'text',
    person_no: 'text',
    state: 'text',
    request_key: 'text',
    terminal_id: 'text',
    institution: 'text',
    card_id: 'text',
    care_type: 'text',
    prescription_no: 'text?',
    confirmed_by: 'text?',
    confirm_reason: 'text?',
    care_region: 'text',
    insured_region: 'text',
    accepted_at: 'int8',
    business_date: 'text',
    posted_at: 'int8?',
    tender: 'text',
    pack_id: 'text',
    list_set: 'int4?',
    accumulator_no: 'int4',
    input: 'json',
    warnings: 'json',
    total: 'int8',
    fund_total: 'int8',
    other_pay: 'int8',
    account_pay: 'int8',
    patient_pay: 'int8',
    refunded_lines: '_text',
    balance_after: 'int8',
    deadline: 'int8?',
  },
  settlement_transition: { from_state: 'text', to_state: 'text' },
  leg_transition: { from_state: 'text', to_state: 'text' },
  request: {
    shard: 'int2',
    terminal_id: 'text',
    request_key: 'text',
    card_id: 'text',
    person_no: 'text',
    fingerprint: 'text',
    settlement_id: 'text?',
    state: 'text',
    answer_status: 'int2?',
    answer_outcome: 'text?',
    answer_code: 'text?',
    answer_shard: 'int2?',
    answer_block: 'int8?',
    answer_no: 'int2?',
    at: 'int8',
  },
  answer_block: { shard: 'int2', id: 'int8', bodies: 'bytea' },
  bank_leg: {
    shard: 'int2',
    settlement_id: 'text',
    leg_no: 'int2',
    person_no: 'text',
    kind: 'text',
    state: 'text',
    amount: 'int8',
    stan: 'int4',
    batch: 'int4',
    bank_terminal_id: 'text',
    bank_merchant_id: 'text',
    sealed_reference: 'text',
    rrn: 'text?',
    auth_code: 'text?',
    response_code: 'text?',
    host_time: 'text?',
    reversal_reason: 'text?',
    attempts: 'int4',
    next_attempt_at: 'int8?',
    open_since: 'int8?',
    fence: 'int4',
    late_rrn: 'text?',
  },
  closing_proposal: {
    shard: 'int2',
    settlement_id: 'text',
    proposal_no: 'int2',
    person_no: 'text',
    leg_no: 'int2',
    outcome: 'text',
    reason: 'text',
    late_rrn: 'text?',
    proposed_by: 'text',
    proposed_with: 'text',
    proposed_at: 'int8',
  },
  closing_approval: {
    shard: 'int2',
    settlement_id: 'text',
    proposal_no: 'int2',
    person_no: 'text',
    proposed_by: 'text',
    approved_by: 'text',
    approved_with: 'text',
    approved_at: 'int8',
  },
  refund: {
    shard: 'int2',
    settlement_id: 'text',
    refund_no: 'int2',
    person_no: 'text',
    state: 'text',
    request_key: 'text',
    terminal_id: 'text',
    lines: '_text',
    total: 'int8',
    fund_total: 'int8',
    other_pay: 'int8',
    account_pay: 'int8',
    patient_pay: 'int8',
    claim_pay: 'int8',
    at: 'int8',
  },
  correction: {
    shard: 'int2',
    person_no: 'text',
    settlement_id: 'text',
    correction_no: 'int2',
    caused_by: 'text',
    refund_no: 'int2',
    lines_refunded: 'int2',
    accumulators: 'json',
    account_available: 'int8',
    fund_total_before: 'int8',
    other_pay_before: 'int8',
    account_pay_before: 'int8',
    patient_pay_before: 'int8',
    total: 'int8',
    fund_total: 'int8',
    other_pay: 'int8',
    account_pay: 'int8',
    patient_pay: 'int8',
    at: 'int8',
  },
  claim: {
    shard: 'int2',
    person_no: 'text',
    settlement_id: 'text',
    region: 'text',
    owed: 'int8',
    paid: 'int8',
    payments: 'int2',
    changed_at: 'int8',
    paid_by: 'text?',
    voucher: 'text?',
  },
  opening_accumulator: {
    shard: 'int2',
    person_no: 'text',
    year: 'int2',
    scheme: 'text',
    amounts: 'jsonb',
    recorded_by: 'text',
    recorded_at: 'int8',
  },
  posting: {
    shard: 'int2',
    settlement_id: 'text',
    posting_no: 'int2',
    person_no: 'text',
    accounts: '_text',
    amounts: '_int8',
    posted_at: 'int8',
  },
  entry: {
    shard: 'int2',
    settlement_id: 'text',
    posting_no: 'int2',
    entry_no: 'int2',
    account: 'text',
    person_no: 'text?',
    amount: 'int8',
    posted_at: 'int8',
  },
  carried_entries: {
    shard: 'int2',
    account: 'text',
    person_no: 'text',
    amount: 'int8',
    entries: 'int8',
  },
  shared_account: { shard: 'int2', account: 'text', balance: 'int8', entries: 'int8' },
  outbox: {
    shard: 'int2',
    id: 'int8',
    topic: 'text',
    settlement_id: 'text?',
    card_id: 'text?',
    card_step: 'int4?',
    payload: 'json',
    created_at: 'int8',
    sent_at: 'int8?',
  },
  institution: {
    code: 'text',
    name: 'text',
    region: 'text',
    care_place_kind: 'text',
    care_place_level: 'int2?',
    is_community: 'bool',
    is_enabled: 'bool',
    care_place_marks: '_text',
  },
  terminal: {
    id: 'text',
    institution: 'text',
    is_enabled: 'bool',
    care_types: '_text',
    public_key: 'text',
    sealed_master_key: 'text',
    sign_no: 'text?',
    sealed_pin_key: 'text?',
    sealed_mac_key: 'text?',
    signed_in_at: 'int8?',
    bank_terminal_id: 'text',
    bank_merchant_id: 'text',
    bank_pin_key_blob: 'text?',
    bank_mac_key_blob: 'text?',
    bank_sign_in_no: 'int8',
    bank_sign_in_at: 'int8?',
    bank_keys_no: 'int8',
    once_requests: '_text',
  },
  invalid_list: {
    level: 'text',
    region: 'text',
    version: 'int4',
    loaded_at: 'int8',
    list_no: 'int2',
    entries: 'int4',
    list_hash: 'text?',
    issued_at: 'int8',
    is_kept_here: 'bool',
  },
  invalid_list_entry: {
    card_id: 'uuid',
    from_version: 'int4',
    until_version: 'int4?',
    list_no: 'int2',
    follows_card: 'bool',
    reason: 'text',
  },
  invalid_list_version: {
    list_no: 'int2',
    version: 'int4',
    base_version: 'int4?',
    entries: 'int4',
    added: 'int4',
    removed: 'int4',
    list_hash: 'text?',
    file_hash: 'text?',
    key_id: 'text?',
    signature: 'text?',
    issued_at: 'int8',
    loaded_at: 'int8',
    loaded_by: 'text',
  },
  invalid_list_set: { set_no: 'int4', versions: 'jsonb', made_at: 'int8' },
  invalid_list_import: {
    list_no: 'int2',
    version: 'int4',
    base_version: 'int4?',
    file_hash: 'text',
    rows_done: 'int4',
    added: 'int4',
    removed: 'int4',
    last_card: 'uuid?',
    started_at: 'int8',
    changed_at: 'int8',
  },
  invalid_list_issuer: {
    key_id: 'text',
    level: 'text',
    region: 'text',
    algorithm: 'text',
    public_key: 'text',
    added_at: 'int8',
    added_by: 'text',
    revoked_at: 'int8?',
  },
  policy_pack: { id: 'text', content: 'text', digest: 'text', activated_at: 'int8' },
  policy_change: {
    change_no: 'int4',
    steps: 'jsonb',
    packs: 'jsonb',
    reason: 'text?',
    needs_approval: 'bool',
    proposed_by: 'text',
    proposed_at: 'int8',
    revision: 'int8',
  },
  policy_approval: {
    change_no: 'int4',
    proposed_by: 'text',
    approved_by: 'text',
    approved_at: 'int8',
    revision: 'int8',
  },
  catalogue: {
    version: 'int8',
    region: 'text',
    effective_from: 'text',
    header: 'jsonb',
    items: 'int4',
    digest: 'text',
    imported_at: 'int8',
  },
  catalogue_item: { version: 'int8', code: 'text', content: 'jsonb' },
  active_catalogue: {
    region: 'text',
    effective_from: 'text',
    version: 'int8',
    activated_at: 'int8',
  },
  reference_revision: { name: 'text', revision: 'int8' },
  restore: {
    restore_no: 'int4',
    books: 'text',
    noted_at: 'int8',
    cause: 'text',
    identity: 'text',
    trace_from: 'int8',
    trace_to: 'int8',
    cards_locked: 'int4',
  },
  operator: {
    name: 'text',
    roles: '_text',
    regions: '_text',
    institutions: '_text',
    state: 'text',
    database_login: 'text?',
    version: 'int4',
  },
  operator_credential: {
    operator: 'text',
    password_hash: 'text',
    must_change: 'bool',
    sealed_secret: 'text',
    last_step: 'int8',
    wrong_tries: 'int2',
    locked_until: 'int8?',
  },
  operator_session: {
    id: 'text',
    token_hash: 'bytea',
    operator: 'text',
    started_at: 'int8',
    last_used_at: 'int8',
    ended_at: 'int8?',
  },
  proposal: {
    proposal_no: 'int8',
    action: 'text',
    region: 'text',
    institution: 'text?',
    content: 'jsonb',
    reason: 'text',
    proposed_by: 'text',
    proposed_session: 'text?',
    proposed_at: 'int8',
    expires_at: 'int8',
  },
  proposal_end: {
    proposal_no: 'int8',
    proposed_by: 'text',
    verdict: 'text',
    ended_by: 'text',
    ended_session: 'text?',
    ended_at: 'int8',
  },
  audit_key: { only_one: 'bool', key: 'bytea' },
  audit_row: {
    audit_no: 'int8',
    at: 'int8',
    principal_kind: 'text',
    principal_id: 'text',
    session: 'text?',
    action: 'text',
    regions: '_text',
    institution: 'text?',
    subject: 'text?',
    person_ref: 'text?',
    outcome: 'text',
    code: 'text?',
    evidence: 'text?',
    begun_no: 'int8?',
  },
};

test('the schema that the code knows is the schema of the database', async () => {
  // Months of a table are that table; a view knows no NOT NULL.
  const rows = await query(
    database.url,
    `select table_name, column_name, udt_name || case when is_nullable = 'YES'
       and (table_name <> 'entry' or column_name = 'person_no') then '?' else '' end as type
     from information_schema.columns
     where table_schema = 'public' and table_name <> 'yikatong_migration'
       and not (select relispartition from pg_class where oid = table_name::regclass)`,
  );
  const found: Record<string, Record<string, unknown>> = {};
  for (const { table_name, column_name, type } of rows) {
    found[String(table_name)] = { ...found[String(table_name)], [String(column_name)]: type };
  }
  expect(found).toEqual(expected);
});

test.each([
  [
    'a settlement',
    'settlement_transition',
    settlementTransitions,
    ['received → posted', 'received → reserved'],
  ],
  ['a leg', 'leg_transition', legTransitions, ['opened → sending']],
])(
  'the database knows the same transitions of %s as the domain',
  async (_, table, transitions, first) => {
    const rows = await query(database.url, `select from_state, to_state from ${table}`);
    const found = rows.map(({ from_state, to_state }) => `${from_state} → ${to_state}`);
    const known = Object.entries<readonly string[]>(transitions).flatMap(([from, tos]) =>
      tos.map((to) => `${from} → ${to}`),
    );
    expect(found.sort()).toEqual([...known, ...first].sort());
  },
);

test('the database takes every shard of the domain and no other', async () => {
  const add = (shard: number) =>
    query(
      database.url,
      `insert into card_owner (card_id, shard, person_no) values ('${shard}', ${shard}, 'A') returning shard`,
    ).then((rows) => rows[0]?.['shard'] satisfies unknown as Database['person']['shard']);
  expect(await add(SHARD_COUNT - 1)).toBe(SHARD_COUNT - 1);
  await expect(add(SHARD_COUNT)).rejects.toThrow('card_owner_shard_check');
});
