/**
 * What must be true of every simulated run: what was said is compared with our books, and our books with the
 * bank's.
 */

import { errorRegistry } from '../../engine/base/errors/error-registry.ts';
import type { Command } from '../../engine/domain/commands.ts';
import type { RenderedAnswer } from '../../engine/domain/request/request-record.ts';
import { packById } from '../../engine/domain/settlement/policy.ts';
import { mayBecome } from '../../engine/domain/settlement/settlement.ts';
import type { Executed } from '../../engine/ports/store.ts';
import { renderRequest } from '../../engine/render/render-answer.ts';
import { splitBill } from '../../rules/kernel/split-bill.ts';
import { policy } from './domain/builders.ts';
import { verifierOf } from './flows/test-keys.ts';
import type { MemoryStore } from './memory/memory-store.ts';
import { type SimBankHost, traceName } from './sim-bank-host.ts';
import { PIN, type SimWorld } from './sim-world.ts';

export type Told = {
  readonly terminalId: string;
  readonly requestKey: string;
  readonly answer: RenderedAnswer;
};

export type CheckLog = {
  readonly violations: Set<string>;
  readonly told: Told[];
  violation(what: string): void;
  decided(command: Command, decision: Executed): void;
  /** An authorised unlock of a card's PIN. */
  unlocked(cardId: string): void;
};

/** Watches every committed decision: one final answer for a key, legal steps, three comparisons of a PIN. */
export function createCheckLog(): CheckLog {
  const violations = new Set<string>();
  const finals = new Map<string, string>();
  const wrongTries = new Map<string, number>();
  const log: CheckLog = {
    violations,
    told: [],
    violation: (what) => violations.add(what),
    unlocked: (cardId) => wrongTries.set(cardId, 0),
    decided(command, decision) {
      const { request, settlement } = decision.writes ?? {};
      if (request !== undefined) {
        const name = `${request.terminalId} ${request.cardId} ${request.requestKey}`;
        const before = finals.get(name);
        const now = renderRequest(request, decision).answer?.body ?? '';
        if (before !== undefined && before !== now) log.violation('a final answer was changed');
        if (request.state === 'final') finals.set(name, now);
      }
      if (settlement?.from !== undefined && !mayBecome(settlement.from, settlement.to.state)) {
        log.violation(`no way from ${settlement.from} to ${settlement.to.state}`);
      }
      if (command.type === 'settle-bill' && decision.answer.kind !== 'stored')
        countPinTries(command, decision);
    },
  };
  const countPinTries = (
    command: Extract<Command, { type: 'settle-bill' }>,
    decision: Executed,
  ): void => {
    const tries = wrongTries.get(command.cardId) ?? 0;
    const { code, outcome } = decision.answer;
    const isRight = command.pin.kind === 'verifier' && command.pin.verifier === verifierOf(PIN);
    const wasCompared =
      code === 'PIN_WRONG' ||
      (code === 'PIN_LOCKED' && decision.rendered.body.includes('tries left'));
    if (wasCompared) {
      wrongTries.set(command.cardId, tries + 1);
      if (isRight) log.violation('a right PIN was called wrong');
      if (tries >= 3) log.violation('a PIN was compared a fourth time');
    } else if (
      outcome === 'approved' ||
      code === 'BANK_OUTCOME_UNKNOWN' ||
      code === 'QUOTE_CHANGED'
    ) {
      if (!isRight || tries >= 3) log.violation('a sale without the right PIN of an open card');
      wrongTries.set(command.cardId, 0);
    }
  };
  return log;
}

/** To be called when all faults are over and everything has had its time. */
export function checkEverything(world: SimWorld, log: CheckLog): void {
  const { memory } = world.database;
  checkSettlements(memory, world.host, log);
  checkPeople(memory, log);
  checkBank(memory, world.host, log);
  checkTold(memory, log);
}

function checkSettlements(memory: MemoryStore, host: SimBankHost, log: CheckLog): void {
  const keys = new Set<string>();
  for (const settlement of memory.settlements.values()) {
    const { id, state, terminalId, cardId, requestKey } = settlement;
    if (!['posted', 'released', 'refunded'].includes(state))
      log.violation(`a settlement stays ${state}`);
    const name = `${terminalId} ${cardId} ${requestKey}`;
    if (keys.has(name)) log.violation('two settlements of one request key');
    keys.add(name);
    const sale = memory.bankLegs.get(`${id} 0`);
    if (sale === undefined) continue;
    const net = host.netOf(traceName({ ...sale, terminalId: sale.bankTerminalId }));
    const share = state === 'released' ? 0n : settlement.amounts.patientPay;
    if (net !== share)
      log.violation(`the bank holds ${net}, the settlement says ${share} (${state})`);
  }
  for (const leg of memory.bankLegs.values()) {
    if (leg.nextAttemptAt !== undefined)
      log.violation(`a bank leg (${leg.kind}) stays ${leg.state}`);
  }
  for (const refund of memory.refunds.values()) {
    if (refund.state === 'running') log.violation('a refund stays running');
  }
  for (const request of memory.requests.values()) {
    if (request.state !== 'final') log.violation(`a request stays ${request.state}`);
  }
}

function checkPeople(memory: MemoryStore, log: CheckLog): void {
  const entries = [...memory.postings.values()];
  for (const [personNo, person] of memory.persons) {
    let balance: bigint = memory.openings.get(personNo) ?? 0n;
    const totals = new Map<string, bigint>();
    for (const settlement of memory.settlements.values()) {
      if (settlement.key.personNo !== personNo) continue;
      const own = entries.filter(({ settlementId }) => settlementId === settlement.id);
      for (const { account, amount } of own.flatMap((posting) => posting.entries)) {
        if (account === 'person') balance += amount;
      }
      if (settlement.state !== 'posted') continue;
      const gone = new Set(settlement.refundedLines);
      const lines = settlement.input.lines.filter(({ lineNo }) => !gone.has(lineNo));
      const split = splitBill(packById(policy, settlement.packId), { ...settlement.input, lines });
      for (const [name, change] of split.accumulatorChanges) {
        totals.set(name, (totals.get(name) ?? 0n) + change);
      }
    }
    if (person.accountBalance !== balance) log.violation('an account is not opening + entries');
    if (person.accountHeld !== 0n) log.violation('an account still holds money');
    if (person.accountBalance < 0n) log.violation('an account is below zero');
    const counted = [...memory.accumulators.values()].filter(
      ({ key }) => key.personNo === personNo,
    );
    for (const { amounts } of counted) {
      for (const [name, amount] of amounts) {
        if (amount !== (totals.get(name) ?? 0n))
          log.violation(`accumulator ${name} is not the sum of what stands`);
      }
    }
  }
  for (const posting of entries) {
    const sum = posting.entries.reduce((total, { amount }) => total + amount, 0n);
    if (sum !== 0n) log.violation('a posting does not balance');
  }
}

/** The bank account of our books against the bank's own, and no booking of theirs that we do not know. */
function checkBank(memory: MemoryStore, host: SimBankHost, log: CheckLog): void {
  let ours = 0n;
  for (const { entries } of memory.postings.values()) {
    for (const { account, amount } of entries) if (account.startsWith('bank:')) ours -= amount;
  }
  let theirs = 0n;
  for (const trace of host.bookings.keys()) theirs += host.netOf(trace);
  if (ours !== theirs) log.violation(`our books say ${ours} of the bank, the bank says ${theirs}`);
}

function checkTold(memory: MemoryStore, log: CheckLog): void {
  const first = new Map<string, string>();
  for (const { terminalId, requestKey, answer } of log.told) {
    const name = `${terminalId} ${requestKey}`;
    if (!isFinal(answer)) continue;
    const before = first.get(name);
    if (before !== undefined && before !== answer.body)
      log.violation('two final answers to one key');
    first.set(name, answer.body);
    const sale = [...memory.settlements.values()].find(
      (known) => known.terminalId === terminalId && known.requestKey === requestKey,
    );
    const refund = [...memory.refunds.values()].find(
      (known) => known.terminalId === terminalId && known.requestKey === requestKey,
    );
    const isDone =
      sale === undefined ? refund?.state === 'done' : ['posted', 'refunded'].includes(sale.state);
    if (isDone !== (answer.outcome === 'approved')) {
      log.violation(
        `told ${answer.outcome} (${answer.code ?? ''}), but it is ${isDone ? '' : 'not '}done`,
      );
    }
  }
}

/** An answer after which a terminal does not ask again. */
export function isFinal({ outcome, code }: RenderedAnswer): boolean {
  if (outcome === 'unknown') return false;
  return code === undefined || errorRegistry[code].retry !== 'same-key';
}
