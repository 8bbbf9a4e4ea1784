import { inBooks, inDays, type Law } from './law.ts';

/** Laws of later bills that were corrected, and of what persons owe by that. */
export const correctionLaws: readonly Law[] = [
  {
    id: 'claim-is-what-corrections-say',
    zh: '应收应付等于更正的差额减去退费抵扣；已收付的金额与分录一致',
    en: 'What a person owes for a settlement is what its corrections say less what refunds took; payments are posted',
    scope: 'day',
    checked: `select count(*) from settlement s where ${inDays('s.accepted_at')}`,
    broken: `select s.id as subject,
        concat_ws(' ', 'owed', coalesce(c.owed, 0), 'paid', coalesce(c.paid, 0)) as found,
        concat_ws(' ', 'owed', o.owed - r.taken, 'paid', p.paid) as expected
      from settlement s
      left join claim c on (c.shard, c.person_no, c.settlement_id) = (s.shard, s.person_no, s.id)
      cross join lateral (select coalesce(sum(o.patient_pay - o.patient_pay_before), 0) as owed
        from correction o where (o.shard, o.person_no, o.settlement_id) = (s.shard, s.person_no, s.id)) as o
      cross join lateral (select coalesce(sum(r.claim_pay), 0) as taken from refund r
        where (r.shard, r.settlement_id) = (s.shard, s.id) and r.state = 'done') as r
      cross join lateral (select coalesce(sum(e.amount), 0) as paid, count(distinct p.posting_no) as payments
        from posting p cross join lateral unnest(p.accounts, p.amounts) as e (account, amount)
        where (p.shard, p.settlement_id) = (s.shard, s.id) and p.posting_no > 20000
          and e.account like 'person-claim:%') as p
      where ${inDays('s.accepted_at')} and (coalesce(c.owed, 0) <> o.owed - r.taken
        or case when p.payments = coalesce(c.payments, 0) then p.paid <> coalesce(c.paid, 0)
          else ${inBooks('posting', 'coalesce(s.posted_at, s.accepted_at)')} end)`,
  },
  {
    id: 'correction-is-posted',
    zh: '每笔更正有一笔记账，金额为更正前后之差；无差额的不记账',
    en: 'A correction has one posting with what each pays more or less; one that changes nothing needs none',
    scope: 'day',
    checked: `select count(*) from settlement s where ${inDays('s.accepted_at')}`,
    broken: `select s.id || '/' || c.correction_no as subject,
        case when p.settlement_id is null then 'no posting'
          else concat_ws(' ', 'account', e.person, 'claim', e.claim, 'institution', e.institution) end as found,
        concat_ws(' ', 'account', c.account_pay_before - c.account_pay,
          'claim', c.patient_pay_before - c.patient_pay, 'institution', 0) as expected
      from settlement s
      join correction c on (c.shard, c.person_no, c.settlement_id) = (s.shard, s.person_no, s.id)
      left join posting p
        on (p.shard, p.settlement_id, p.posting_no) = (c.shard, c.settlement_id, 10000 + c.correction_no)
      cross join lateral (
        select coalesce(sum(amount) filter (where account = 'person'), 0) as person,
          coalesce(sum(amount) filter (where account like 'person-claim:%'), 0) as claim,
          coalesce(sum(amount) filter (where account like 'institution:%'), 0) as institution
        from unnest(p.accounts, p.amounts) as e (account, amount)) as e
      where ${inDays('s.accepted_at')} and case
        when p.settlement_id is null then ${inBooks('posting', 'c.at')}
          and (c.fund_total_before, c.other_pay_before, c.account_pay_before, c.patient_pay_before)
            <> (c.fund_total, c.other_pay, c.account_pay, c.patient_pay)
        else (e.person, e.claim, e.institution)
          <> (c.account_pay_before - c.account_pay, c.patient_pay_before - c.patient_pay, 0)
        end`,
  },
];
