import { type Fen, ZERO } from '../../engine/domain/money/fen.ts';
import type { Rule } from '../model/pack.ts';
import type { PayerFile } from '../model/pack-file.ts';
import { type Amount, type AmountScope, compileAmount } from './amount.ts';
import { report, ruleOf } from './book.ts';
import { compileCondition, type Holds } from './condition.ts';
import { type CounterKey, compileCounter } from './counter.ts';
import { addTo, current, type Work } from './work.ts';

type Cap = {
  readonly holds: Holds;
  readonly rule: Rule;
  readonly amount: Amount;
  readonly on: 'paid' | 'in-scope' | 'base';
  readonly key: CounterKey | undefined;
};

export type Caps = {
  /**
   * `room`: what the payer may pay, and `usable`: how much of its base it may look at, in fen;
   * undefined = as much as there is. `rule`: of the tightest cap.
   */
  readonly limit: (
    work: Work,
    base: Fen,
  ) => {
    readonly room: bigint | undefined;
    readonly usable: bigint | undefined;
    readonly rule: Rule | undefined;
  };
  /** Counts the money looked at, for the caps on money that hold. */
  readonly count: (work: Work, base: Fen) => void;
  /** Totals of the caps on payment that hold: they grow with what is paid. */
  readonly paidKeys: (work: Work) => readonly string[];
};

/** Compiles the caps of a payer: all that hold for a bill apply together. */
export function compileCaps(scope: AmountScope, file: PayerFile, at: string): Caps {
  const caps = (file.caps ?? []).map((cap, index): Cap => {
    const place = `${at}.caps[${index}]`;
    return {
      holds: compileCondition(scope.book, cap.when, `${place}.when`),
      rule: ruleOf(scope.book, cap, place),
      amount: compileAmount(scope, cap.amount, `${place}.amount`),
      on: cap.on,
      key: cap.counter === undefined ? undefined : compileCounter(cap.counter),
    };
  });
  if (file.overCap !== undefined && caps.length === 0)
    report(scope.book, `${at}.overCap`, file.overCap, 'there is no cap');
  return {
    limit: (work, base) => {
      let room: bigint | undefined;
      let usable: bigint | undefined;
      let rule: Rule | undefined;
      for (const cap of caps) {
        if (!cap.holds(work)) continue;
        rule ??= cap.rule;
        const left = leftOf(cap, work);
        if (cap.on === 'paid') {
          if (room !== undefined && room <= left) continue;
          room = left;
        } else {
          const mine = cap.on === 'base' ? left : left - (work.inScope - base);
          if (mine >= (usable ?? base)) continue;
          usable = mine > 0n ? mine : 0n;
        }
        rule = cap.rule;
      }
      return { room, usable, rule };
    },
    count: (work, base) => {
      for (const cap of caps) {
        if (cap.on === 'paid' || cap.key === undefined || !cap.holds(work)) continue;
        const looked = cap.on === 'base' ? base : work.inScope;
        const left = leftOf(cap, work);
        addTo(work, cap.key(work), left < looked ? left : looked);
      }
    },
    paidKeys: (work) => {
      const keys: string[] = [];
      for (const cap of caps)
        if (cap.on === 'paid' && cap.key !== undefined && cap.holds(work)) keys.push(cap.key(work));
      return keys;
    },
  };
}

function leftOf({ amount, key }: Cap, work: Work): Fen {
  const used = key === undefined ? ZERO : current(work, key(work));
  const left = amount.of(work) - used;
  return left > 0n ? (left as Fen) : ZERO;
}
