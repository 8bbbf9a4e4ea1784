import { randomBytes } from 'node:crypto';
import { invariant } from '../../../engine/base/errors/result.ts';
import { fen } from '../../../engine/base/money/fen.ts';
import { issueToPerson } from '../../../engine/sandbox/seed/issue-to-person.ts';
import type { SandboxTerminal } from '../../../engine/sandbox/seed/sandbox-institutions.ts';
import {
  sandboxTerminal,
  sandboxTerminals,
} from '../../../engine/sandbox/seed/sandbox-institutions.ts';
import { findSandboxPerson } from '../../../engine/sandbox/seed/sandbox-people.ts';
import { loadIssuingKeys } from '../../../engine/sandbox/seed/seed-sandbox.ts';
import { createVirtualCard } from '../../../terminal-adapter/virtual-card/virtual-card.ts';
import type { Customer } from '../running-system/customers.ts';

/** Far from the sandbox's, the crowd's and the tests' own people and terminals. */
const FIRST_PERSON = 60_000;
const FIRST_TERMINAL = 700;
const REGULARS = 3;
const SHARED = 2;

/** A counter, and who buys there. Everything follows from its number, so each process can make it anew. */
export type CounterPlan = {
  readonly terminal: SandboxTerminal;
  /** Index of the engine that serves it. */
  readonly engine: number;
  /** Turns to the other engines when its own does not answer. */
  readonly isMobile: boolean;
  /** Serials of people who buy at this counter alone. */
  readonly regulars: readonly number[];
  /** Buy at every counter, with one card. */
  readonly shared: readonly number[];
  /** Never knows the PIN. */
  readonly guesser: number;
};

/** Every so many counters one is at home at no engine. */
const MOBILE_EACH = 3;

/** Counters of the pharmacy of Dongguan, served in turn by the engines. */
export function planCounters(count: number, engines: number): readonly CounterPlan[] {
  const { institution } = sandboxTerminals.dongguanPharmacy;
  const shared = Array.from({ length: SHARED }, (_, i) => FIRST_PERSON + i);
  return Array.from({ length: count }, (_, index) => {
    const first = FIRST_PERSON + SHARED + index * (REGULARS + 1);
    return {
      terminal: sandboxTerminal({
        id: `CHAOS-${index}`,
        institution,
        careTypes: ['41'],
        serial: FIRST_TERMINAL + index,
      }),
      engine: index % engines,
      isMobile: engines > 1 && index % MOBILE_EACH === MOBILE_EACH - 1,
      regulars: Array.from({ length: REGULARS }, (_, i) => first + i),
      shared,
      guesser: first + REGULARS,
    };
  });
}

/** Every serial once. */
export function serialsOf(counters: readonly CounterPlan[]): readonly number[] {
  return [
    ...new Set(
      counters.flatMap(({ regulars, shared, guesser }) => [...regulars, ...shared, guesser]),
    ),
  ];
}

/** Sales that one card may make in one life of a terminal's process. */
const SALES_EACH_LIFE = 400;

/**
 * People with enough money for hours; no account of theirs runs dry.
 * @param folder the sandbox's keys
 * @param life how often the process that holds the cards was started before: the counter of a chip must
 *   rise, and what a killed process knew of it is gone
 */
export function openChaosCustomers(folder: string, life: number): (serial: number) => Customer {
  const keys = loadIssuingKeys(folder);
  const like = findSandboxPerson('dongguan-pharmacy-buyer');
  invariant(like !== undefined, 'the sandbox has somebody who buys at the pharmacy');
  const plenty = { accountBalance: fen(50_000_000n), bankBalance: fen(50_000_000n) };
  return (serial) => {
    const person = { ...like, ...plenty, serial };
    const record = issueToPerson(person, keys, Date.now());
    const state = { pinTriesLeft: 3, atc: life * SALES_EACH_LIFE };
    const random = (bytes: number) => randomBytes(bytes);
    return { person, record, card: createVirtualCard(record.personalisation, { random, state }) };
  };
}
