/** What must be true of all the books together, the engine's and the bank's, whatever happened. */
import type { BankHost } from '../../../engine/sandbox/bank-host/bank-host.ts';
import { checkLaws } from '../../../engine/store/ledger/check-ledger.ts';
import type { Customer } from './customers.ts';
import type { RunningSystem } from './running-system.ts';

export type PersonState = {
  readonly accountBalance: string;
  readonly accountHeld: string;
  readonly accumulators: unknown;
  readonly pinWrongTries: number;
  /** At the bank, fen. */
  readonly bankBalance: bigint;
};

/** Where the books of both sides are read. */
export type AllBooks = Pick<RunningSystem, 'query'> & { readonly host: Pick<BankHost, 'journal'> };

/** Everything that a sale may move of one person, in fen. */
export async function stateOf(system: RunningSystem, { record }: Customer): Promise<PersonState> {
  const { shard, personNo } = record.person.key;
  const [row] = await system.query<Omit<PersonState, 'bankBalance'>>(
    `select p.account_balance::text as "accountBalance", p.account_held::text as "accountHeld",
       c.pin_wrong_tries as "pinWrongTries",
       coalesce((select jsonb_object_agg(t.name, t.amount) from (
         select name, value as amount from accumulator a, json_each_text(a.amounts) as e(name, value)
         where (a.shard, a.person_no) = (p.shard, p.person_no) and value <> '0'
         order by name) t), '{}') as accumulators
     from person p join card c using (shard, person_no) where p.shard = $1 and p.person_no = $2`,
    [shard, personNo],
  );
  const bankBalance = system.host.accountOf(record.bankCard.pan)?.balance ?? 0n;
  if (row === undefined) throw new Error('the person is not on record');
  return { ...row, bankBalance };
}

/** Every fault that an auditor would find; none are expected. Open legs are a fault: wait for them first. */
export async function bookProblems(system: AllBooks): Promise<readonly string[]> {
  const laws = await checkLaws((text, values) => system.query(text, values));
  const problems = laws
    .filter(({ broken }) => broken > 0)
    .map(({ id, broken, differences }) => `${id}: ${broken}, ${JSON.stringify(differences)}`);
  const open = await openWork(system);
  if (open > 0) problems.push(`${open} pieces of work are open`);
  return [...problems, ...(await bankProblems(system))];
}

/** Bank legs and settlements that nobody has finished yet. */
export async function openWork(system: Pick<RunningSystem, 'query'>): Promise<number> {
  const [row] = await system.query<{ open: number }>(
    `select (select count(*) from bank_leg where next_attempt_at is not null)::int
       + (select count(*) from settlement where state in ('reserved', 'reversing', 'refunding'))::int
       + (select count(*) from request where state <> 'final')::int as open`,
  );
  return row?.open ?? 0;
}

type SaleRow = {
  readonly id: string;
  readonly trace: string;
  readonly state: string;
  readonly patient_pay: string;
};

/** The bank's books end, for each sale, with exactly what the engine's settlement says, and nothing else. */
async function bankProblems({ host, query }: AllBooks): Promise<readonly string[]> {
  const sales = await query<SaleRow>(
    `select s.id, s.state, s.patient_pay::text,
       concat_ws('/', l.bank_terminal_id, lpad(l.batch::text, 6, '0'), lpad(l.stan::text, 6, '0')) as trace
     from settlement s join bank_leg l on (l.shard, l.settlement_id, l.leg_no) = (s.shard, s.id, 0)`,
  );
  const taken = new Map<string, bigint>();
  let sum = 0n;
  for (const entry of host.journal()) {
    sum += entry.amount;
    if (!entry.account.startsWith('card:') || entry.terminalId === '') continue;
    const trace = `${entry.terminalId}/${entry.saleBatch}/${entry.saleStan}`;
    taken.set(trace, (taken.get(trace) ?? 0n) - entry.amount);
  }
  const problems = sum === 0n ? [] : [`the bank's own books are off by ${sum}`];
  for (const { id, trace, state, patient_pay } of sales) {
    const due = state === 'posted' ? BigInt(patient_pay) : 0n;
    const found = taken.get(trace) ?? 0n;
    if (found !== due) problems.push(`the bank took ${found} for ${id} (${state}), due is ${due}`);
    taken.delete(trace);
  }
  for (const [trace, amount] of taken) {
    if (amount !== 0n) problems.push(`the bank took ${amount} for ${trace}, which is nobody's`);
  }
  return problems;
}
