import { inBooks, inDays, type Law } from './law.ts';
import { standing } from './settlement-laws.ts';

/** Laws of what insurers put into medical personal accounts, and took from them. */
export const creditLaws: readonly Law[] = [
  {
    id: 'credit-is-posted',
    zh: '每笔划拨恰有一笔记账：个人账户与划拨来源，金额相同、方向相反',
    en: 'A credit has one posting: its amount in the personal account, and the opposite where it comes from',
    scope: 'day',
    checked: `select count(*) from account_credit c where ${inDays('c.posted_at')}`,
    broken: `select c.credit_id as subject, coalesce(p.said, 'no posting') as found, e.expected
      from account_credit c
      cross join lateral (select 'person ' || c.amount || ', account-funding:' || c.source || ':' || c.kind
        || ' ' || -c.amount as expected) as e
      left join lateral (
        select string_agg(concat_ws(' ', a.account, a.amount), ', ' order by a.account = 'person' desc) as said
        from posting p cross join lateral unnest(p.accounts, p.amounts) as a (account, amount)
        where (p.shard, p.settlement_id, p.person_no) = (c.shard, c.credit_id, c.person_no)
      ) as p on true
      where ${inDays('c.posted_at')} and case
        when p.said is null then ${inBooks('posting', 'c.posted_at')}
        else p.said <> e.expected end`,
  },
  {
    id: 'credit-is-of-a-released-file',
    zh: '每笔划拨与其文件的一行一致，且文件由另一人放行',
    en: 'A credit is what a row of its file says, and another person released the file',
    scope: 'day',
    checked: `select count(*) from account_credit c where ${inDays('c.posted_at')}`,
    broken: `select c.credit_id as subject,
        concat_ws(' ', c.kind, c.amount, 'released by', coalesce(r.released_by, 'nobody')) as found,
        concat_ws(' ', o.kind, o.amount, 'released by another than', f.proposed_by) as expected
      from account_credit c
      left join credit_order o on (o.shard, o.source, o.file_date, o.file_no, o.line, o.credit_id)
        = (c.shard, c.source, c.file_date, c.file_no, c.line, c.credit_id)
      left join credit_file f on (f.source, f.file_date, f.file_no) = (c.source, c.file_date, c.file_no)
      left join credit_release r on (r.source, r.file_date, r.file_no)
        = (c.source, c.file_date, c.file_no)
      where ${inDays('c.posted_at')} and ((o.person_no, o.kind, o.amount, o.is_withdrawn)
          is distinct from (c.person_no, c.kind, c.amount, false)
        or f.withdrawn_at is not null or r.released_by is null or r.released_by = f.proposed_by)`,
  },
  {
    id: 'finished-file-is-posted',
    zh: '入账完毕的划拨文件，其入账行数与金额等于文件的行数与合计',
    en: 'Of a file that is done, as many rows and as much money are posted as its head says',
    scope: 'whole',
    checked: 'select count(*) from credit_file',
    broken: `select concat_ws('/', f.source, f.file_date, f.file_no) as subject,
        concat_ws(' ', c.rows, 'rows', c.total) as found, concat_ws(' ', f.rows, 'rows', f.total) as expected
      from credit_file f
      cross join lateral (select count(*) as rows, coalesce(sum(c.amount), 0) as total from account_credit c
        where (c.source, c.file_date, c.file_no) = (f.source, f.file_date, f.file_no)) as c
      where f.refused = 0 and (c.rows, c.total) <> (f.rows, f.total)`,
  },
  {
    id: 'account-is-credits-less-payments',
    zh: '个人账户余额等于期初余额加划拨减去结算的账户支付',
    en: 'A personal account holds its opening balance and its credits, less what its settlements paid from it',
    scope: 'whole',
    checked: 'select count(*) from person',
    broken: `select left(p.person_no, 4) || '…' || right(p.person_no, 4) as subject,
        p.account_balance::text as found,
        (p.opening_balance + coalesce(c.amount, 0) - coalesce(s.amount, 0))::text as expected
      from person p
      left join (select c.shard, c.person_no, sum(c.amount) as amount from account_credit c
        group by c.shard, c.person_no) c on (c.shard, c.person_no) = (p.shard, p.person_no)
      left join (select s.shard, s.person_no, sum(s.account_pay) as amount from settlement s
        where s.state in ${standing} group by s.shard, s.person_no) s
        on (s.shard, s.person_no) = (p.shard, p.person_no)
      where p.account_balance <> p.opening_balance + coalesce(c.amount, 0) - coalesce(s.amount, 0)`,
  },
];
