import { inBooks, inDays, type Law } from './law.ts';
import { standing, takenBack } from './settlement-laws.ts';

/** Laws of the bank's legs, of manual resolutions, and of request keys with their answers. */
export const requestLaws: readonly Law[] = [
  {
    id: 'bank-leg-agrees',
    zh: '银行侧交易的状态与金额同结算、退费一致',
    en: 'A bank leg says what its settlement or refund says: state and amount',
    scope: 'day',
    checked: `select count(*) from bank_leg l
      join settlement s on (s.shard, s.id) = (l.shard, l.settlement_id)
      where ${inDays('s.accepted_at')}`,
    broken: `select s.id || '/0' as subject, coalesce(l.state || ' ' || l.amount, 'no leg') as found,
        s.state || ' ' || s.tender || ' ' || (s.patient_pay + b.patient_pay) as expected
      from settlement s
      left join bank_leg l on (l.shard, l.settlement_id, l.leg_no) = (s.shard, s.id, 0)
      ${takenBack}
      where ${inDays('s.accepted_at')} and case
        when s.tender <> 'bank-debit' or s.patient_pay + b.patient_pay = 0 then l.shard is not null
        when l.shard is null or l.amount <> s.patient_pay + b.patient_pay then true
        when s.state in ${standing} then l.state <> 'approved'
        when s.state = 'reserved' then l.state <> 'sending'
        when s.state = 'reversing' then l.state <> 'reversing'
        else l.state not in ('declined', 'not-sent', 'reversed', 'kept', 'reversing') end
      union all
      select r.settlement_id || '/' || r.refund_no, coalesce(l.state || ' ' || l.amount, 'no leg'),
        'refund ' || r.state || ' ' || (r.patient_pay - r.claim_pay)
      from refund r
      join settlement s on (s.shard, s.id) = (r.shard, r.settlement_id)
      left join bank_leg l
        on (l.shard, l.settlement_id, l.leg_no) = (r.shard, r.settlement_id, r.refund_no)
      where ${inDays('r.at')} and case
        when s.tender <> 'bank-debit' or r.patient_pay = r.claim_pay then l.shard is not null
        when l.shard is null or l.amount <> r.patient_pay - r.claim_pay then true
        when r.state = 'done' then l.state <> 'approved'
        when r.state = 'running' then l.state not in ('sending', 'reversing', 'repeating')
        else l.state not in ('declined', 'not-sent', 'reversed', 'kept', 'reversing') end`,
  },
  {
    id: 'trace-is-used-once',
    zh: '终端、批次与流水号的组合只用一次',
    en: 'Terminal, batch and trace number at the bank name one leg',
    scope: 'whole',
    checked: 'select count(*) from bank_leg',
    broken: `select l.bank_terminal_id || '/' || l.batch || '/' || l.stan as subject,
        string_agg(l.settlement_id || '/' || l.leg_no, ' ' order by l.settlement_id) as found, 'one leg' as expected
      from bank_leg l group by l.bank_terminal_id, l.batch, l.stan having count(*) > 1`,
  },
  {
    id: 'resolution-takes-two-people',
    zh: '人工销账由两人完成；银行保留款项的交易有一份获批的申请',
    en: 'A manual resolution takes two people, and what the bank keeps has an approved one',
    scope: 'whole',
    checked: `select (select count(*) from closing_approval)
      + (select count(*) from bank_leg where state = 'kept')`,
    broken: `select a.settlement_id || ' ' || a.proposal_no as subject,
        a.proposed_by || ', ' || a.approved_by as found, 'two people, and their proposal' as expected
      from closing_approval a
      left join closing_proposal p on (p.shard, p.settlement_id, p.proposal_no, p.proposed_by)
        = (a.shard, a.settlement_id, a.proposal_no, a.proposed_by)
      where a.approved_by = a.proposed_by or p.shard is null
        or (p.proposed_with = 'typed-name') <> (a.approved_with = 'typed-name')
      union all
      select l.settlement_id || '/' || l.leg_no, 'kept', 'an approved resolution'
      from bank_leg l
      where l.state = 'kept' and not exists (
        select from closing_proposal p join closing_approval a
          on (a.shard, a.settlement_id, a.proposal_no) = (p.shard, p.settlement_id, p.proposal_no)
        where (p.shard, p.settlement_id, p.leg_no, p.outcome)
          = (l.shard, l.settlement_id, l.leg_no, 'bank-kept'))`,
  },
  {
    id: 'key-settles-once',
    zh: '终端与卡的一个请求号只有一条请求、至多一笔结算',
    en: 'A request key of a terminal and card has one request, and at most one settlement',
    scope: 'day',
    checked: `select (select count(*) from request r where ${inDays('r.at')})
      + (select count(*) from settlement s where ${inDays('s.accepted_at')})`,
    broken: `select s.terminal_id || ' ' || s.request_key as subject, count(*) || ' settlements' as found,
        '1' as expected
      from settlement s where ${inDays('s.accepted_at')}
      group by s.terminal_id, s.request_key, s.card_id having count(*) > 1
      union all
      select r.terminal_id || ' ' || r.request_key, count(*) || ' requests', '1'
      from request r where ${inDays('r.at')}
      group by r.terminal_id, r.request_key, r.card_id having count(*) > 1`,
  },
  {
    id: 'answer-agrees',
    zh: '终局应答有其内容，并与结算、退费的状态一致',
    en: 'A final answer has its bytes, and says of its settlement or refund what became of it',
    scope: 'day',
    checked: `select count(*) from request r where ${inDays('r.at')}`,
    broken: `select r.terminal_id || ' ' || r.request_key as subject,
        concat_ws(', ', r.answer_outcome, case when a.shard is null then 'no bytes' end,
          'settlement ' || s.state, 'refund ' || f.state) as found,
        'an answer that fits' as expected
      from request r
      left join answer_block a on (a.shard, a.id) = (r.answer_shard, r.answer_block)
      left join settlement s on s.shard = r.shard and s.id = r.settlement_id
        and (s.terminal_id, s.request_key, s.card_id) = (r.terminal_id, r.request_key, r.card_id)
      left join refund f on f.shard = r.shard and f.settlement_id = r.settlement_id
        and (f.terminal_id, f.request_key) = (r.terminal_id, r.request_key)
      where ${inDays('r.at')} and r.state = 'final' and (
        (a.shard is null and ${inBooks('request', 'r.at')})
        or case r.answer_outcome
          when 'approved' then (s.id is null and f.shard is null)
            or s.state not in ${standing} or f.state <> 'done'
          when 'declined' then s.state in ${standing} or s.state in ('reserved', 'reversing')
            or f.state in ('done', 'running')
          else true end)
      union all
      select s.id, s.state || ', no approval on record', 'an approved request'
      from settlement s
      where ${inDays('s.accepted_at')} and s.state in ${standing} and ${inBooks('request', 's.accepted_at')}
        and not exists (select from request r
          where r.shard = s.shard and (r.terminal_id, r.request_key, r.card_id)
            = (s.terminal_id, s.request_key, s.card_id) and r.answer_outcome = 'approved')`,
  },
];
