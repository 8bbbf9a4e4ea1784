import { type Fen, minFen, ZERO } from '../../engine/base/money/fen.ts';
import type { Rule } from '../model/pack.ts';
import type { PayerFile } from '../model/pack-file-payers.ts';
import { type AccumulatorKey, compileAccumulatorKey } from './accumulator-key.ts';
import { type Amount, type AmountScope, compileAmount } from './amount.ts';
import { report, ruleOf } from './compile-context.ts';
import { compileCondition, type Holds } from './condition.ts';
import { addTo, current, type SplitState } from './split-state.ts';

type Cap = {
  readonly holds: Holds;
  readonly rule: Rule;
  readonly amount: Amount;
  readonly on: 'paid' | 'in-scope' | 'base';
  readonly key: AccumulatorKey | undefined;
};

export type Caps = {
  /**
   * `room`: what the payer may pay, and `usable`: how much of its base it may look at, in fen;
   * undefined = as much as there is. `rule`: of the tightest cap.
   */
  readonly limit: (
    state: SplitState,
    base: Fen,
  ) => {
    readonly room: bigint | undefined;
    readonly usable: bigint | undefined;
    readonly rule: Rule | undefined;
  };
  /**
   * Counts the money looked at, for the caps on money that hold: once in each total, by the tightest
   * cap that shares it.
   */
  readonly count: (state: SplitState, base: Fen) => void;
  /** Totals of the caps on payment that hold: they grow with what is paid. */
  readonly paidKeys: (state: SplitState) => readonly string[];
};

/** Compiles the caps of a payer: all that hold for a bill apply together. */
export function compileCaps(scope: AmountScope, file: PayerFile, path: string): Caps {
  const caps = (file.caps ?? []).map((cap, index): Cap => {
    const capPath = `${path}.caps[${index}]`;
    return {
      holds: compileCondition(scope.context, cap.when, `${capPath}.when`),
      rule: ruleOf(scope.context, cap, capPath),
      amount: compileAmount(scope, cap.amount, `${capPath}.amount`),
      on: cap.on,
      key: cap.counter === undefined ? undefined : compileAccumulatorKey(cap.counter),
    };
  });
  if (file.overCap !== undefined && caps.length === 0)
    report(scope.context, `${path}.overCap`, file.overCap, 'there is no cap');
  return {
    limit: (state, base) => {
      let room: bigint | undefined;
      let usable: bigint | undefined;
      let rule: Rule | undefined;
      for (const cap of caps) {
        if (!cap.holds(state)) continue;
        rule ??= cap.rule;
        const left = leftOf(cap, state);
        if (cap.on === 'paid') {
          if (room !== undefined && room <= left) continue;
          room = left;
        } else {
          const mine = cap.on === 'base' ? left : left - (state.inScope - base);
          if (mine >= (usable ?? base)) continue;
          usable = mine > 0n ? mine : 0n;
        }
        rule = cap.rule;
      }
      return { room, usable, rule };
    },
    count: (state, base) => {
      const bases = new Map<string, Fen>();
      const inScope = new Map<string, Fen>();
      for (const cap of caps) {
        if (cap.on === 'paid' || cap.key === undefined || !cap.holds(state)) continue;
        const [counted, money] = cap.on === 'base' ? [bases, base] : [inScope, state.inScope];
        const key = cap.key(state);
        counted.set(key, minFen(counted.get(key) ?? money, leftOf(cap, state)));
      }
      for (const [key, looked] of bases) addTo(state, key, looked);
      for (const [key, looked] of inScope) countInScope(state, key, looked);
    },
    paidKeys: (state) => {
      const keys: string[] = [];
      for (const cap of caps)
        if (cap.on === 'paid' && cap.key !== undefined && cap.holds(state))
          keys.push(cap.key(state));
      return keys;
    },
  };
}

function leftOf({ amount, on, key }: Cap, state: SplitState): Fen {
  const name = key?.(state);
  let left: bigint = amount.of(state);
  if (name !== undefined) left -= current(state, name);
  // The in-scope money of a bill is one money, however many payers look at it.
  if (name !== undefined && on === 'in-scope') left += state.looked.get(name) ?? 0n;
  return left > 0n ? (left as Fen) : ZERO;
}

function countInScope(state: SplitState, key: string, looked: Fen): void {
  const earlier = state.looked.get(key) ?? ZERO;
  if (looked <= earlier) return;
  addTo(state, key, (looked - earlier) as Fen);
  state.looked.set(key, looked);
}
