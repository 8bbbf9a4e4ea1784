/**
 * What must hold after every commit, read from the rows. Written from the invariants of the design and not
 * from the engine's code: the ways of a settlement, of a bank leg and of a refund stand here once more.
 */

import type { BankLeg } from '../../../engine/domain/leg/bank-leg.ts';
import type { Person } from '../../../engine/domain/person/person.ts';
import type { Refund } from '../../../engine/domain/refund/refund.ts';
import type { RequestRecord } from '../../../engine/domain/request/request-record.ts';
import type { Settlement } from '../../../engine/domain/settlement/settlement.ts';
import type { MemoryStore, Posting } from '../../support/memory/memory-store.ts';
import type { Bank } from '../world/bank.ts';
import type { Findings } from './findings.ts';

export type Change<Row> = { readonly before: Row | undefined; readonly now: Row };
export type Audited = {
  readonly memory: MemoryStore;
  readonly bank: Pick<Bank, 'books'>;
  readonly findings: Findings;
};

const ways: { readonly [state: string]: readonly string[] } = {
  new: ['reserved', 'posted'],
  reserved: ['posted', 'released', 'reversing'],
  reversing: ['released'],
  posted: ['refunding', 'refunded', 'posted'],
  refunding: ['refunded', 'posted'],
  released: [],
  refunded: [],
};
const legWays: { readonly [state: string]: readonly string[] } = {
  new: ['sending'],
  // The same state again: somebody else has taken the leg in hand.
  sending: ['sending', 'approved', 'declined', 'not-sent', 'reversing', 'repeating'],
  reversing: ['reversing', 'reversed'],
  repeating: ['repeating', 'approved', 'declined'],
  // An approval that comes after all opens the leg for one more reversal.
  reversed: ['reversing'],
  declined: ['reversing'],
  'not-sent': ['reversing'],
  approved: [],
};

export const openStates: readonly string[] = ['reserved', 'reversing', 'refunding'];
const fixed = [
  'requestKey',
  'terminalId',
  'cardId',
  'packId',
  'businessDate',
  'acceptedAt',
] as const;

export function checkSettlement(audited: Audited, { before, now }: Change<Settlement>): void {
  const { findings, memory } = audited;
  const from = before?.state ?? 'new';
  if (!ways[from]?.includes(now.state))
    findings.add('broken', `no way from ${from} to ${now.state}`);
  if (before !== undefined && fixed.some((name) => before[name] !== now[name]))
    findings.add('broken', 'what a settlement was made of has changed');
  if (openStates.includes(now.state) !== (now.deadline !== undefined))
    findings.add('broken', `a settlement is ${now.state} with deadline ${now.deadline}`);
  const { total, fundTotal, otherTotal, accountPay, patientPay } = now.amounts;
  const parts = [fundTotal, otherTotal, accountPay, patientPay];
  if (parts.some((part) => part < 0n) || parts.reduce((sum, part) => sum + part, 0n) !== total)
    findings.add('broken', 'the parts of a settlement do not make its whole');
  if (before !== undefined) {
    if (before.state === 'reserved' && now.state === 'posted') checkPosted(audited, now);
    return;
  }
  for (const other of memory.settlements.values()) {
    const isSameKey = other.requestKey === now.requestKey && other.terminalId === now.terminalId;
    if (isSameKey && other.id !== now.id)
      findings.add('doubled', 'two settlements of one request key');
  }
  const card = memory.cards.get(now.cardId);
  const isLapsed = (card?.oralLossUntil ?? Infinity) <= now.acceptedAt;
  const isHeld = card?.status === 'active' || (card?.status === 'oral-loss' && isLapsed);
  const mayPay = isHeld && card.medical === 'active';
  if (!mayPay || (memory.listed.get(now.cardId) ?? []).length > 0)
    findings.add('broken', 'a card that is reported lost or listed has paid');
  if (now.listSet !== memory.listSet())
    findings.add('broken', 'a settlement names other invalid lists than those in force');
}

/** Neither leg without the other: what is posted here stands in the bank's books at this moment. */
function checkPosted({ memory, bank, findings }: Audited, { id, amounts }: Settlement): void {
  const leg = memory.bankLegs.get(`${id} 0`);
  if (leg === undefined) return;
  const operation = bank.books.findOperation(traceOf(leg));
  const stands = operation?.kind === 'sale' && operation.state === 'approved';
  if (leg.state !== 'approved' || !stands || operation.amount !== amounts.patientPay)
    findings.add(
      'one-sided',
      `posted, but in the bank's books it is ${operation?.state ?? 'nowhere'}`,
    );
}

export function traceOf({ bankTerminalId, batch, stan }: BankLeg) {
  const digits = (value: number) => String(value).padStart(6, '0');
  return { terminalId: bankTerminalId, batch: digits(batch), stan: digits(stan) };
}

export function checkLeg({ memory, findings }: Audited, { before, now }: Change<BankLeg>): void {
  const from = before?.state ?? 'new';
  if (!legWays[from]?.includes(now.state))
    findings.add('broken', `no way for a bank leg from ${from} to ${now.state}`);
  if (now.amount <= 0n) findings.add('broken', 'a bank leg moves nothing');
  const isOpen = ['sending', 'reversing', 'repeating'].includes(now.state);
  if (isOpen !== (now.nextAttemptAt !== undefined))
    findings.add('broken', `a bank leg is ${now.state} with next attempt ${now.nextAttemptAt}`);
  if (before !== undefined) {
    const isSame =
      before.stan === now.stan && before.batch === now.batch && before.amount === now.amount;
    if (!isSame) findings.add('broken', 'the trace or the amount of a bank leg has changed');
    return;
  }
  for (const other of memory.bankLegs.values()) {
    const isSameTrace = other.stan === now.stan && other.batch === now.batch;
    if (other !== now && isSameTrace && other.bankTerminalId === now.bankTerminalId)
      findings.add('broken', 'a trace number was used twice');
  }
}

export function checkRequest({ findings }: Audited, { before, now }: Change<RequestRecord>): void {
  if (before === undefined) return;
  if (before.fingerprint !== now.fingerprint)
    findings.add('broken', 'a request key stands for other bytes');
  if (before.state === 'final' && before.answer?.body !== now.answer?.body)
    findings.add('broken', 'a final answer was changed');
  if (before.state === 'final' && now.state !== 'final')
    findings.add('broken', 'a final request is open again');
}

export function checkRefund({ memory, findings }: Audited, { before, now }: Change<Refund>): void {
  const isLegal =
    before === undefined
      ? now.state !== 'declined'
      : before.state === 'running' && now.state !== 'running';
  if (!isLegal) findings.add('broken', `no way for a refund from ${before?.state} to ${now.state}`);
  if (now.state !== 'done') return;
  const lines = [...memory.refunds.values()]
    .filter(({ settlementId, state }) => settlementId === now.settlementId && state === 'done')
    .flatMap((refund) => refund.lines);
  if (new Set(lines).size !== lines.length) findings.add('doubled', 'a line was given back twice');
}

export function checkPosting(
  { memory, findings }: Audited,
  { before, now }: Change<Posting>,
): void {
  if (before !== undefined) findings.add('broken', 'a posting was changed');
  const sum = now.entries.reduce((total, { amount }) => total + amount, 0n);
  if (sum !== 0n) findings.add('broken', 'the entries of a posting do not sum to zero');
  const state = memory.settlements.get(now.settlementId)?.state;
  if (state === undefined || state === 'reserved' || state === 'released')
    findings.add('broken', `a posting for a settlement that is ${state}`);
}

/**
 * Balance = opening + entries; held = what the reservations say; nothing below zero; one version for
 * a change.
 */
export function checkPerson(audited: Audited, { before, now }: Change<Person>): void {
  const { memory, findings } = audited;
  const { personNo } = now.key;
  if (now.accountBalance < 0n || now.accountHeld < 0n || now.accountHeld > now.accountBalance)
    findings.add('broken', 'an account is below zero, or more is held than is there');
  if (before !== undefined && now.version !== before.version + 1)
    findings.add('broken', 'a person was changed past the version');
  let balance: bigint = memory.openings.get(personNo) ?? 0n;
  let held = 0n;
  for (const { key, state, amounts } of memory.settlements.values()) {
    if (key.personNo === personNo && (state === 'reserved' || state === 'reversing'))
      held += amounts.accountPay;
  }
  for (const { settlementId, entries } of memory.postings.values()) {
    if (memory.settlements.get(settlementId)?.key.personNo !== personNo) continue;
    for (const { account, amount } of entries) if (account === 'person') balance += amount;
  }
  if (balance !== now.accountBalance) findings.add('broken', 'an account is not opening + entries');
  if (held !== now.accountHeld) findings.add('broken', 'what is held is not what is reserved');
}
