import { inBooks, inDays, type Law } from './law.ts';

/** A settlement in these states has moved money. */
export const standing = `('posted', 'refunding', 'refunded')`;

/** What refunds that are done and corrections have taken off a settlement `s`. */
export const takenBack = `cross join lateral (
    select coalesce(sum(r.total), 0) as total, coalesce(sum(r.account_pay), 0) as account_pay,
      coalesce(sum(r.patient_pay), 0) as patient_pay
    from (
      select r.total, r.account_pay, r.patient_pay from refund r
      where r.shard = s.shard and r.settlement_id = s.id and r.state = 'done'
      union all
      select 0, c.account_pay_before - c.account_pay, c.patient_pay_before - c.patient_pay
      from correction c
      where c.shard = s.shard and c.person_no = s.person_no and c.settlement_id = s.id) as r) as b`;

/** Institution, medical personal account, and bank or cash, of a posting `p`. */
const sides = `cross join lateral (
    select coalesce(sum(amount) filter (where account like 'institution:%'), 0) as institution,
      coalesce(sum(amount) filter (where account = 'person'), 0) as person,
      coalesce(sum(amount) filter (where account like 'bank:%'), 0) as bank,
      coalesce(sum(amount) filter (where account like 'cash:%'), 0) as cash
    from unnest(p.accounts, p.amounts) as e (account, amount)) as e`;

const sidesText = (institution: string, person: string, bank: string, cash: string) =>
  `concat_ws(' ', 'institution', ${institution}, 'account', ${person}, 'bank', ${bank}, 'cash', ${cash})`;

const partsOf = (table: string) =>
  `${table}.total <> ${table}.fund_total + ${table}.other_pay + ${table}.account_pay + ${table}.patient_pay
    or least(${table}.total, ${table}.fund_total, ${table}.other_pay, ${table}.account_pay,
      ${table}.patient_pay) < 0`;

const partsText = (table: string) =>
  `concat_ws(' + ', ${table}.fund_total, ${table}.other_pay, ${table}.account_pay, ${table}.patient_pay)`;

/** The patient's part at the counter: of a refund, without what went to a claim. */
const tenderedPart = (table: string) =>
  table === 'r' ? '(r.patient_pay - r.claim_pay)' : `${table}.patient_pay`;
const bankPart = (table: string) =>
  `case when s.tender = 'bank-debit' then ${tenderedPart(table)} else 0 end`;
const cashPart = (table: string) =>
  `case when s.tender = 'bank-debit' then 0 else ${tenderedPart(table)} end`;

/** Laws of settlements, refunds and the postings they have caused. */
export const settlementLaws: readonly Law[] = [
  {
    id: 'parts-make-the-whole',
    zh: '结算与退费的各支付方合计等于总额，均不小于零',
    en: 'The parts of a settlement or refund make its total, and none is below zero',
    scope: 'day',
    checked: `select (select count(*) from settlement s where ${inDays('s.accepted_at')})
      + (select count(*) from refund r where ${inDays('r.at')})`,
    broken: `select s.id as subject, s.total::text as found, ${partsText('s')} as expected
      from settlement s where ${inDays('s.accepted_at')} and (${partsOf('s')})
      union all
      select r.settlement_id || '/' || r.refund_no, r.total::text, ${partsText('r')}
      from refund r where ${inDays('r.at')} and (${partsOf('r')})`,
  },
  {
    id: 'settlement-is-posted',
    zh: '已入账的结算恰有一笔记账，各方金额与结算一致；其余结算没有记账',
    en: 'A settlement that stands has one posting, which says what it says; no other settlement has one',
    scope: 'day',
    checked: `select count(*) from settlement s where ${inDays('s.accepted_at')}`,
    broken: `select s.id as subject,
        case when p.settlement_id is null then 'no posting'
          else ${sidesText('e.institution', 'e.person', 'e.bank', 'e.cash')} end as found,
        case when s.state in ${standing} then ${sidesText(
          's.total + b.total',
          '-(s.account_pay + b.account_pay)',
          `-(${bankPart('s')} + ${bankPart('b')})`,
          `-(${cashPart('s')} + ${cashPart('b')})`,
        )} else 'no posting (' || s.state || ')' end as expected
      from settlement s
      left join posting p on (p.shard, p.settlement_id, p.posting_no) = (s.shard, s.id, 0)
      ${takenBack}
      ${sides}
      where ${inDays('s.accepted_at')} and case
        when s.state not in ${standing} then p.settlement_id is not null
        when p.settlement_id is null then ${inBooks('posting', 'coalesce(s.posted_at, s.accepted_at)')}
        else (e.institution, -e.person, -e.bank, -e.cash) <> (s.total + b.total,
          s.account_pay + b.account_pay, ${bankPart('s')} + ${bankPart('b')}, ${cashPart('s')} + ${cashPart('b')})
        end`,
  },
  {
    id: 'refund-is-posted',
    zh: '已完成的退费恰有一笔反向记账，金额一致；其余退费没有记账',
    en: 'A refund that is done has one posting with its amounts turned round; no other refund has one',
    scope: 'day',
    checked: `select count(*) from refund r where ${inDays('r.at')}`,
    broken: `select r.settlement_id || '/' || r.refund_no as subject,
        case when p.settlement_id is null then 'no posting'
          else ${sidesText('e.institution', 'e.person', 'e.bank', 'e.cash')} end as found,
        case when r.state = 'done'
          then ${sidesText('-r.total', 'r.account_pay', bankPart('r'), cashPart('r'))}
          else 'no posting (' || r.state || ')' end as expected
      from refund r
      join settlement s on (s.shard, s.id) = (r.shard, r.settlement_id)
      left join posting p
        on (p.shard, p.settlement_id, p.posting_no) = (r.shard, r.settlement_id, r.refund_no)
      ${sides}
      where ${inDays('r.at')} and case
        when r.state <> 'done' then p.settlement_id is not null
        when p.settlement_id is null then ${inBooks('posting', 'r.at')}
        else (-e.institution, e.person, e.bank, e.cash)
          <> (r.total, r.account_pay, ${bankPart('r')}, ${cashPart('r')})
        end`,
  },
  {
    id: 'lines-go-back-once',
    zh: '结算的已退明细等于其已完成退费的明细，每行只退一次；全部退完即为已退费',
    en: 'The refunded lines of a settlement are those of its refunds, each once; it is refunded when all are',
    scope: 'day',
    checked: `select count(*) from settlement s where ${inDays('s.accepted_at')}`,
    broken: `select s.id as subject, s.state || ' ' || s.refunded_lines::text as found,
        coalesce(l.lines, '{}')::text || ' of ' || json_array_length(s.input -> 'lines') as expected
      from settlement s
      left join lateral (
        select array_agg(line order by line) as lines
        from refund r cross join lateral unnest(r.lines) as line
        where r.shard = s.shard and r.settlement_id = s.id and r.state = 'done'
      ) l on true
      where ${inDays('s.accepted_at')} and (
        coalesce(l.lines, '{}') <> (select coalesce(array_agg(line order by line), '{}')
          from unnest(s.refunded_lines) as line)
        or (select count(distinct line) from unnest(s.refunded_lines) as line)
          <> cardinality(s.refunded_lines)
        or (s.state = 'refunded')
          <> (cardinality(s.refunded_lines) = json_array_length(s.input -> 'lines')))`,
  },
  {
    id: 'posting-has-a-cause',
    zh: '每笔记账都有其结算、划拨、退费、更正、应收应付的收付或人工销账',
    en: 'Every posting is of a settlement, a credit, a refund, a correction, a paid claim or a manual resolution',
    scope: 'day',
    checked: `select count(*) from posting p where ${inDays('p.posted_at')}`,
    broken: `select p.settlement_id || '/' || p.posting_no as subject, 'no cause' as found,
        case when p.posting_no = 0 then 'a settlement or credit' when p.posting_no > 20000 then 'a paid claim'
          when p.posting_no > 10000 then 'a correction' when p.posting_no > 0 then 'a refund'
          else 'a resolution' end as expected
      from posting p
      where ${inDays('p.posted_at')} and not case
        when p.posting_no = 0 then exists (select from settlement s
          where (s.shard, s.id, s.person_no) = (p.shard, p.settlement_id, p.person_no))
          or exists (select from account_credit c where (c.shard, c.credit_id, c.person_no)
            = (p.shard, p.settlement_id, p.person_no))
        when p.posting_no > 20000 then exists (select from claim c
          where (c.shard, c.person_no, c.settlement_id) = (p.shard, p.person_no, p.settlement_id)
            and c.payments >= p.posting_no - 20000)
        when p.posting_no > 10000 then exists (select from correction c
          where (c.shard, c.person_no, c.settlement_id, c.correction_no)
            = (p.shard, p.person_no, p.settlement_id, p.posting_no - 10000))
        when p.posting_no > 0 then exists (select from refund r
          where (r.shard, r.settlement_id, r.refund_no) = (p.shard, p.settlement_id, p.posting_no))
        else exists (select from closing_approval a
          where (a.shard, a.settlement_id, a.proposal_no) = (p.shard, p.settlement_id, -p.posting_no))
        end`,
  },
  {
    id: 'open-work-has-a-deadline',
    zh: '未完成的结算、退费与银行侧交易都有处理期限，且彼此一致',
    en: 'Open settlements, refunds and bank legs have a deadline, and agree with each other',
    scope: 'day',
    checked: `select count(*) from settlement s where ${inDays('s.accepted_at')}`,
    broken: `select s.id as subject,
        s.state || ', deadline ' || coalesce(s.deadline::text, 'none') || ', running refunds ' || r.running as found,
        case when s.state = 'refunding' then 'a deadline, one running refund'
          when s.state in ('reserved', 'reversing') then 'a deadline, no running refund'
          else 'no deadline, no running refund' end as expected
      from settlement s
      cross join lateral (select count(*) as running from refund r
        where r.shard = s.shard and r.settlement_id = s.id and r.state = 'running') as r
      where ${inDays('s.accepted_at')} and (
        (s.state in ('reserved', 'reversing', 'refunding')) <> (s.deadline is not null)
        or r.running <> case when s.state = 'refunding' then 1 else 0 end)
      union all
      select l.settlement_id || '/' || l.leg_no,
        l.state || ', next attempt ' || coalesce(l.next_attempt_at::text, 'none'), 'open and due, or neither'
      from bank_leg l
      where $1::bigint is null and ((l.state in ('sending', 'reversing', 'repeating'))
        <> (l.next_attempt_at is not null) or (l.next_attempt_at is null) <> (l.open_since is null))`,
  },
];
