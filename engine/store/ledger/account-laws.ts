import { inDays, type Law, masked } from './law.ts';

/** Sums of all entries by account, with those of the months that were taken away. */
const moved = `select e.shard, e.account, coalesce(e.person_no, '') as person_no, sum(e.amount) as amount,
    sum(e.entries) as entries
  from (
    select e.shard, e.account, e.person_no, e.amount, 1 as entries from entry e
    union all
    select c.shard, c.account, c.person_no, c.amount, c.entries from carried_entries c
  ) as e
  group by e.shard, e.account, coalesce(e.person_no, '')`;

/** Laws of accounts and their entries. */
export const accountLaws: readonly Law[] = [
  {
    id: 'posting-balances',
    zh: '每笔记账的分录合计为零',
    en: 'The entries of a posting sum to zero',
    scope: 'day',
    checked: `select count(*) from posting p where ${inDays('p.posted_at')}`,
    broken: `select p.settlement_id || '/' || p.posting_no as subject, s.amount::text as found, '0' as expected
      from posting p
      cross join lateral (select coalesce(sum(a), 0) as amount from unnest(p.amounts) as a) as s
      where ${inDays('p.posted_at')}
        and (s.amount <> 0 or cardinality(p.accounts) <> cardinality(p.amounts))`,
  },
  {
    id: 'personal-account-follows-entries',
    zh: '个人账户余额等于期初余额加其分录，且不小于零',
    en: 'The balance of a medical personal account is its opening balance and its entries, and not below zero',
    scope: 'whole',
    checked: 'select count(*) from person',
    broken: `select ${masked('p.person_no')} as subject, p.account_balance::text as found,
        (p.opening_balance + coalesce(e.amount, 0))::text as expected
      from person p
      left join (${moved}) e on (e.shard, e.person_no, e.account) = (p.shard, p.person_no, 'person')
      where p.account_balance <> p.opening_balance + coalesce(e.amount, 0) or p.account_balance < 0
      union all
      select ${masked('e.person_no')}, 'no person', 'a person on record'
      from (${moved}) e
      where e.account = 'person'
        and not exists (select from person p where (p.shard, p.person_no) = (e.shard, e.person_no))`,
  },
  {
    id: 'shared-account-follows-entries',
    zh: '共享账户余额与笔数等于其分录之和',
    en: 'Balance and count of a shared account are those of its entries',
    scope: 'whole',
    checked: 'select count(*) from shared_account',
    broken: `select coalesce(s.account, e.account) || ' #' || coalesce(s.shard, e.shard) as subject,
        coalesce(s.balance, 0) || ' (' || coalesce(s.entries, 0) || ')' as found,
        coalesce(e.amount, 0) || ' (' || coalesce(e.entries, 0) || ')' as expected
      from shared_account s
      full join (select * from (${moved}) m where account <> 'person') e
        on (e.shard, e.account) = (s.shard, s.account)
      where (coalesce(s.balance, 0), coalesce(s.entries, 0))
        <> (coalesce(e.amount, 0), coalesce(e.entries, 0))`,
  },
  {
    id: 'trial-balance',
    zh: '全部账户的变动合计为零',
    en: 'What all accounts have changed by sums to zero',
    scope: 'whole',
    checked: `select (select count(*) from shared_account) + (select count(*) from person)`,
    broken: `select 'all accounts' as subject, sum(t.amount)::text as found, '0' as expected
      from (
        select balance as amount from shared_account
        union all
        select account_balance - opening_balance from person
      ) t
      having coalesce(sum(t.amount), 0) <> 0`,
  },
  {
    id: 'carried-months-balance',
    zh: '已移出月份的结转合计为零',
    en: 'What was carried of the months that were taken away sums to zero',
    scope: 'whole',
    checked: 'select count(*) from carried_entries',
    broken: `select 'carried_entries' as subject, sum(amount)::text as found, '0' as expected
      from carried_entries having coalesce(sum(amount), 0) <> 0`,
  },
  {
    id: 'hold-has-an-open-settlement',
    zh: '个人账户的冻结额等于未完成结算的账户支付，且不超过余额',
    en: 'What an account holds is what its open settlements will pay from it, and not more than its balance',
    scope: 'whole',
    checked: 'select count(*) from person',
    broken: `select ${masked('p.person_no')} as subject, p.account_held::text as found,
        coalesce(s.held, 0)::text as expected
      from person p
      left join (
        select s.shard, s.person_no, sum(s.account_pay) as held
        from settlement s where s.state in ('reserved', 'reversing') group by s.shard, s.person_no
      ) s on (s.shard, s.person_no) = (p.shard, p.person_no)
      where p.account_held <> coalesce(s.held, 0) or p.account_held > p.account_balance`,
  },
  {
    id: 'rows-have-their-person',
    zh: '结算与卡属于在册的参保人，卡的索引与卡一致',
    en: 'Settlements and cards are of a person on record, and the directory of cards says so',
    scope: 'whole',
    checked: `select (select count(*) from settlement) + (select count(*) from card)`,
    broken: `select s.id as subject, 'no person' as found, 'a person on record' as expected
      from settlement s
      where not exists (select from person p where (p.shard, p.person_no) = (s.shard, s.person_no))
      union all
      select ${masked('c.card_id')}, coalesce('shard ' || o.shard, 'not in the directory'), 'shard ' || c.shard
      from card c left join card_owner o on o.card_id = c.card_id
      where (o.shard, o.person_no) is distinct from (c.shard, c.person_no)`,
  },
];
