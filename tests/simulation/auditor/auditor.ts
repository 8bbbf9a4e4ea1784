/**
 * Looks at a run from outside: at the rows after every commit, at every answer that leaves an engine, and at
 * the end at all three sides. It knows the invariants and none of the engine's decisions.
 */

import type { Command } from '../../../engine/domain/commands.ts';
import type { RenderedAnswer } from '../../../engine/domain/request/request-record.ts';
import type { RenderedDecision } from '../../../engine/render/render-answer.ts';
import type { MemoryStore } from '../../support/memory/memory-store.ts';
import type { Bank } from '../world/bank.ts';
import type { SimCounter } from '../world/counter.ts';
import type { Holder } from '../world/people.ts';
import type { Plan } from '../world/plan.ts';
import type { Scheduler } from '../world/scheduler.ts';
import { watchAnswers } from './answer-watch.ts';
import { createFindings, type Violation } from './findings.ts';
import {
  checkLeg,
  checkPerson,
  checkPosting,
  checkRefund,
  checkRequest,
  checkSettlement,
  openStates,
} from './moment-checks.ts';
import { watchOpen } from './open-watch.ts';
import { watchPins } from './pin-watch.ts';
import { watchRows } from './row-watch.ts';
import { checkBankSide, checkOurSide, checkTerminalSide, type Ends } from './three-sides.ts';

export type Auditor = {
  readonly violations: readonly Violation[];
  committed(command: Command, decision: RenderedDecision): void;
  /** The database's own checks refused a command. */
  refused(command: Command, reason: string): void;
  /** An answer to a request key leaves an engine. */
  said(terminalId: string, requestKey: string, answer: RenderedAnswer): void;
  /** An authorised unlock of a card's PIN. */
  unlocked(cardId: string): void;
  crashed(): void;
  healed(): void;
  /** Code of ours threw where it must not. */
  broke(error: unknown): void;
  /** Nothing is open in our rows. */
  isQuiet(): boolean;
  /** To be called when all trouble is over and everything has had its time. */
  atEnd(): Promise<void>;
  /** Approved settlements that a terminal may have heard of. */
  acknowledged(): number;
  longestRecoveryMs(from: 'crash' | 'healed'): number;
};

export type AuditorOptions = {
  readonly scheduler: Scheduler;
  readonly memory: MemoryStore;
  readonly bank: Pick<Bank, 'books'>;
  readonly counters: readonly SimCounter[];
  readonly holders: readonly Holder[];
  readonly plan: Pick<Plan, 'refundOrder'>;
};

export function createAuditor(options: AuditorOptions): Auditor {
  const { scheduler, memory } = options;
  const findings = createFindings(scheduler.trace);
  const ends: Ends = { ...options, findings };
  const pins = watchPins(findings);
  const open = watchOpen(scheduler.now);
  const look = lookAtRows(ends, open);
  const told = watchAnswers(ends);
  look();
  return {
    violations: findings.all,
    committed(command, decision) {
      pins.committed(command, decision);
      look();
    },
    refused: ({ type }, reason) =>
      findings.add('broken', `the database refused ${type}: ${reason}`),
    said: told.said,
    unlocked: pins.unlocked,
    crashed: () => open.mark('crash'),
    healed: () => open.mark('healed'),
    broke: (error) =>
      findings.add('broken', `thrown: ${error instanceof Error ? error.message : String(error)}`),
    async atEnd() {
      look();
      checkOurSide(ends);
      checkBankSide(ends);
      // Without counters nobody has written anything down.
      if (ends.counters.length > 0) checkTerminalSide(ends);
      await told.atEnd();
    },
    isQuiet: open.isQuiet,
    acknowledged: told.acknowledged,
    longestRecoveryMs: open.longestMs,
  };

  function lookAtRows(audited: Ends, watch: ReturnType<typeof watchOpen>): () => void {
    const { persons, requests, settlements, bankLegs, refunds, corrections, postings } = memory;
    const rows = watchRows({
      ...{ persons, requests, settlements, bankLegs, refunds, corrections, postings },
    });
    return () => {
      const changes = rows.changes();
      for (const change of changes.settlements) {
        watch.seen(`settlement ${change.key}`, openStates.includes(change.now.state));
        checkSettlement(audited, change);
      }
      for (const change of changes.bankLegs) {
        watch.seen(`leg ${change.key}`, change.now.nextAttemptAt !== undefined);
        checkLeg(audited, change);
      }
      for (const change of changes.requests) {
        watch.seen(`request ${change.key}`, change.now.state !== 'final');
        checkRequest(audited, change);
      }
      for (const change of changes.refunds) {
        watch.seen(`refund ${change.key}`, change.now.state === 'running');
        checkRefund(audited, change);
      }
      for (const { before } of changes.corrections)
        if (before !== undefined) audited.findings.add('broken', 'a correction was changed');
      for (const change of changes.postings) checkPosting(audited, change);
      for (const change of changes.persons) checkPerson(audited, change);
      for (const table of rows.shrunk()) audited.findings.add('lost', `a row of ${table} is gone`);
    };
  }
}
