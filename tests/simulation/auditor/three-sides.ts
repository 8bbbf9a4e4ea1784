/**
 * At the end the same money is looked at from three sides: our rows, the bank's books, the terminals'
 * disks.
 */
import { DatabaseSync } from 'node:sqlite';
import type { Settlement } from '../../../engine/domain/settlement/settlement.ts';
import type { Purchase, SimCounter } from '../world/counter.ts';
import type { Holder } from '../world/people.ts';
import type { Plan } from '../world/plan.ts';
import { type Audited, openStates, traceOf } from './moment-checks.ts';
import { checkClaims, checkYear, owedFor } from './year-checks.ts';

/** All that anybody wrote down. */
export type Ends = Audited & {
  readonly counters: readonly SimCounter[];
  readonly holders: readonly Holder[];
  readonly plan: Pick<Plan, 'refundOrder'>;
};

const standing = ['posted', 'refunding', 'refunded'];

export function checkOurSide(ends: Ends): void {
  const { memory, findings } = ends;
  for (const { state } of memory.settlements.values())
    if (openStates.includes(state)) findings.add('broken', `a settlement stays ${state}`);
  for (const { kind, state, nextAttemptAt } of memory.bankLegs.values())
    if (nextAttemptAt !== undefined) findings.add('broken', `a bank leg (${kind}) stays ${state}`);
  for (const { state } of memory.refunds.values())
    if (state === 'running') findings.add('broken', 'a refund stays running');
  for (const { state } of memory.requests.values())
    if (state !== 'final') findings.add('broken', `a request stays ${state}`);
  for (const { accountHeld } of memory.persons.values())
    if (accountHeld !== 0n) findings.add('broken', 'an account still holds money');
  for (const personNo of memory.persons.keys()) checkYear(ends, personNo);
  checkClaims(ends);
}

/**
 * What the bank holds of each sale is what the settlement says, and the bank holds nothing that we do
 * not know.
 */
export function checkBankSide({ memory, bank, findings, holders }: Ends): void {
  const held = new Map<string, bigint>();
  let sum = 0n;
  let paidIn = 0n;
  for (const entry of bank.books.journal()) {
    sum += entry.amount;
    if (!entry.account.startsWith('card:')) continue;
    if (entry.saleStan === '') {
      paidIn += entry.amount;
      continue;
    }
    const name = `${entry.terminalId}/${entry.saleBatch}/${entry.saleStan}`;
    held.set(name, (held.get(name) ?? 0n) - entry.amount);
  }
  if (sum !== 0n) findings.add('broken', "the bank's own books do not balance");
  let total = 0n;
  for (const settlement of memory.settlements.values()) {
    const leg = memory.bankLegs.get(`${settlement.id} 0`);
    if (leg === undefined) continue;
    const trace = traceOf(leg);
    const name = `${trace.terminalId}/${trace.batch}/${trace.stan}`;
    const theirs = held.get(name) ?? 0n;
    held.delete(name);
    // What is owed was never asked of the bank.
    const paid = settlement.amounts.patientPay - owedFor(memory, settlement.id);
    const ours = settlement.state === 'released' ? 0n : paid;
    total += ours;
    if (theirs !== ours)
      findings.add(
        theirs > ours && ours > 0n ? 'doubled' : 'one-sided',
        `the bank holds ${theirs}, the settlement says ${ours} (${settlement.state})`,
      );
  }
  for (const amount of held.values())
    if (amount !== 0n) findings.add('one-sided', `the bank holds ${amount} that nobody here knows`);
  let booked = 0n;
  for (const { entries } of memory.postings.values())
    for (const { account, amount } of entries) if (account.startsWith('bank:')) booked -= amount;
  if (booked !== total)
    findings.add('broken', `our entries say ${booked} of the bank, our rows ${total}`);
  let balances = paidIn;
  for (const { pan } of holders.flatMap(({ cards }) => cards))
    balances -= bank.books.balanceOf(`card:${pan}`);
  if (balances !== total)
    findings.add(
      'one-sided',
      `the holders paid ${balances} at the bank, the settlements say ${total}`,
    );
}

type Written = {
  readonly requestKey: string;
  readonly kind: string;
  readonly state: string;
  readonly outcome: string;
};

/** What the terminals believe is what happened, and no purchase was paid twice. */
export function checkTerminalSide(ends: Ends): void {
  const { memory, findings, counters } = ends;
  const sales = new Map<string, Settlement>();
  for (const settlement of memory.settlements.values())
    sales.set(`${settlement.terminalId} ${settlement.requestKey}`, settlement);
  const refunds = new Map(
    [...memory.refunds.values()].map((refund) => [
      `${refund.terminalId} ${refund.requestKey}`,
      refund,
    ]),
  );
  const written = new Set<string>();
  for (const counter of counters) {
    for (const { requestKey, kind, state, outcome } of readDisk(counter.disk)) {
      const name = `${counter.name} ${requestKey}`;
      written.add(name);
      if (state !== 'finished')
        findings.add('broken', 'a terminal never learns what became of a key');
      const sale = sales.get(name);
      const isDone =
        kind === 'sale'
          ? sale !== undefined && standing.includes(sale.state)
          : refunds.get(name)?.state === 'done';
      if (outcome === 'approved' && !isDone)
        findings.add('lost', `a terminal was told that a ${kind} is done, and it is not`);
      if (state === 'finished' && outcome !== 'approved' && isDone)
        findings.add('one-sided', `a terminal was told ${outcome}, but the ${kind} is done`);
    }
    for (const purchase of counter.purchases) checkPurchase(ends, counter, { purchase, sales });
  }
  for (const name of sales.keys())
    if (!written.has(name))
      findings.add('one-sided', 'a settlement that no terminal has written down');
}

function checkPurchase(
  { findings }: Ends,
  { name }: SimCounter,
  {
    purchase,
    sales,
  }: { readonly purchase: Purchase; readonly sales: ReadonlyMap<string, Settlement> },
): void {
  const paid = purchase.keys.filter(({ requestKey }) => {
    const sale = sales.get(`${name} ${requestKey}`);
    return sale !== undefined && standing.includes(sale.state);
  });
  if (paid.length > 1) findings.add('doubled', 'a holder paid twice for one purchase');
}

function readDisk(path: string): readonly Written[] {
  const database = new DatabaseSync(path);
  const rows = database.prepare('SELECT request_key, kind, state, outcome FROM request').all();
  database.close();
  return rows.map(({ request_key, kind, state, outcome }) => ({
    requestKey: String(request_key),
    kind: String(kind),
    state: String(state),
    outcome: String(outcome),
  }));
}
