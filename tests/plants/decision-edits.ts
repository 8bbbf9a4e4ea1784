/**
 * The shape of commands, facts and decisions, as plants and checks touch it: all that has to follow when
 * that shape changes stands here.
 */

import type { Command } from '../../engine/domain/commands.ts';
import type { Decide } from '../../engine/domain/decide.ts';
import type { Decision, Facts, Writes } from '../../engine/domain/decision.ts';
import type { BankLeg } from '../../engine/domain/leg/bank-leg.ts';
import type { Person } from '../../engine/domain/person/person.ts';
import { storedAnswer } from '../../engine/domain/request/answer.ts';
import type { Settlement } from '../../engine/domain/settlement/settlement.ts';
import { renderAnswer } from '../../engine/render/render-answer.ts';

type Edit = (decide: Decide) => Decide;
type Of<Type extends Command['type']> = Extract<Command, { readonly type: Type }>;

/** Only commands of this kind are decided wrongly. */
export function on<Type extends Command['type']>(
  type: Type,
  decideOne: (decide: Decide, command: Of<Type>, facts: Facts) => Decision,
): Edit {
  return (decide) => (command, facts) =>
    isOf(type, command) ? decideOne(decide, command, facts) : decide(command, facts);
}

function isOf<Type extends Command['type']>(type: Type, command: Command): command is Of<Type> {
  return command.type === type;
}

/** `decide` is given other facts than there are. */
export function seeing(see: (facts: Facts, command: Command) => Facts): Edit {
  return (decide) => (command, facts) => decide(command, see(facts, command));
}

/** What `decide` writes is changed; decisions that write nothing stay as they are. */
export function writing(edit: (writes: Writes, command: Command, facts: Facts) => Writes): Edit {
  return (decide) => (command, facts) => {
    const decision = decide(command, facts);
    return withWrites(decision, (writes) => edit(writes, command, facts));
  };
}

export function withWrites<Decided extends Decision>(
  decision: Decided,
  edit: (writes: Writes) => Writes,
): Decided {
  return decision.writes === undefined ? decision : { ...decision, writes: edit(decision.writes) };
}

/** Commands of these types do not write this row. */
export function leavesOut(name: keyof Writes, ...types: readonly Command['type'][]): Edit {
  return writing((writes, { type }) => {
    const { [name]: _, ...rest } = writes;
    return types.includes(type) ? rest : writes;
  });
}

/** Commands of this type leave what is held of the account as it was. */
export function keepsTheHold(type: Command['type']): Edit {
  return writing((writes, command, facts) => {
    if (command.type !== type) return writes;
    return withPerson(writes, (person) => ({
      accountHeld: facts.person?.accountHeld ?? person.accountHeld,
    }));
  });
}

/** The writes, with the person's row changed if it is written. */
export function withPerson(writes: Writes, change: (person: Person) => Partial<Person>): Writes {
  const { person } = writes;
  return person === undefined ? writes : { ...writes, person: { ...person, ...change(person) } };
}

/** The facts, with their settlement changed if there is one. */
export function withSettlement(
  facts: Facts,
  change: (settlement: Settlement) => Partial<Settlement>,
): Facts {
  const { settlement } = facts;
  if (settlement === undefined) return facts;
  return { ...facts, settlement: { ...settlement, ...change(settlement) } };
}

/** The facts, with every open bank leg changed. */
export function withOpenLegs(facts: Facts, change: (leg: BankLeg) => Partial<BankLeg>): Facts {
  const bankLegs = facts.bankLegs.map((leg) =>
    leg.nextAttemptAt === undefined ? leg : { ...leg, ...change(leg) },
  );
  return { ...facts, bankLegs };
}

/** The number under which whoever gives this command took the leg. */
export function fenceOf(command: Command): number {
  return Reflect.get(command, 'fence');
}

type Told = { readonly answer: Pick<Decision['answer'], 'code' | 'outcome'> };

/** "PIN_WRONG", or undefined of an approval. */
export function codeOf({ answer }: Told): string | undefined {
  return answer.code;
}

export function outcomeOf({ answer }: Told): 'approved' | 'declined' | 'unknown' {
  return answer.outcome;
}

/** What the terminal gets, byte for byte. */
export function textOf({ answer }: Decision): string {
  return renderAnswer(answer).body;
}

/** The same answer in other bytes. */
export function reworded(decision: Decision): Decision {
  const rendered = renderAnswer(decision.answer);
  return { ...decision, answer: storedAnswer({ ...rendered, body: `${rendered.body} ` }) };
}

/** A refusal, told as if nothing had been charged. Other decisions stay as they are. */
export function toldAsDeclined(decision: Decision): Decision {
  const { answer } = decision;
  if (answer.kind !== 'refused') return decision;
  return { ...decision, answer: { ...answer, outcome: 'declined' } };
}

/** Was the answer one that had been stored before? */
export function isRepeat({ answer }: Decision): boolean {
  return answer.kind === 'stored';
}
