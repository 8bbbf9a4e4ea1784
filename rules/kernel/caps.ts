import { type Fen, minFen, ZERO } from '../../engine/base/money/fen.ts';
import type { Rule } from '../model/pack.ts';
import type { PayerFile } from '../model/pack-file-payers.ts';
import { type AccumulatorKey, compileAccumulatorKey } from './accumulator-key.ts';
import { type Amount, type AmountScope, compileAmount } from './amount.ts';
import { compileRule, reportProblem } from './compile-context.ts';
import { compileCondition, type Holds } from './condition.ts';
import { addToTotal, type SplitState, totalNow } from './split-state.ts';

type Cap = {
  readonly holds: Holds;
  readonly rule: Rule;
  readonly amount: Amount;
  readonly on: 'paid' | 'in-scope' | 'base';
  readonly key: AccumulatorKey | undefined;
};

export type Caps = {
  /**
   * `room`: the most that the payer may pay; `usable`: the part of its base that counts; in fen,
   * undefined = unlimited. `rule`: of the tightest cap.
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
   * Adds to the totals of caps on money (not on payment) that hold. Caps that share a total add
   * once, by the tightest of them.
   */
  readonly count: (state: SplitState, base: Fen) => void;
  /** Names of the totals of the caps on payment that hold: what is paid is added to them. */
  readonly paidKeys: (state: SplitState) => readonly string[];
};

/** Compiles the caps of a payer. All that hold for a bill apply together. */
export function compileCaps(scope: AmountScope, file: PayerFile, path: string): Caps {
  const caps = (file.caps ?? []).map((cap, index): Cap => {
    const capPath = `${path}.caps[${index}]`;
    return {
      holds: compileCondition(scope.context, cap.when, `${capPath}.when`),
      rule: compileRule(scope.context, cap, capPath),
      amount: compileAmount(scope, cap.amount, `${capPath}.amount`),
      on: cap.on,
      key: cap.counter === undefined ? undefined : compileAccumulatorKey(cap.counter),
    };
  });
  if (file.overCap !== undefined && caps.length === 0)
    reportProblem(scope.context, `${path}.overCap`, file.overCap, {
      rule: 'there is no cap',
      zh: '没有封顶线',
    });
  return {
    limit: (state, base) => {
      let room: bigint | undefined;
      let usable: bigint | undefined;
      let rule: Rule | undefined;
      for (const cap of caps) {
        if (!cap.holds(state)) continue;
        rule ??= cap.rule;
        const left = roomUnder(cap, state);
        if (cap.on === 'paid') {
          if (room !== undefined && room <= left) continue;
          room = left;
        } else {
          const usableByCap = cap.on === 'base' ? left : left - (state.inScope - base);
          if (usableByCap >= (usable ?? base)) continue;
          usable = usableByCap > 0n ? usableByCap : 0n;
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
        const [amounts, money] = cap.on === 'base' ? [bases, base] : [inScope, state.inScope];
        const key = cap.key(state);
        amounts.set(key, minFen(amounts.get(key) ?? money, roomUnder(cap, state)));
      }
      for (const [key, amount] of bases) addToTotal(state, key, amount);
      for (const [key, amount] of inScope) countInScope(state, key, amount);
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

function roomUnder({ amount, on, key }: Cap, state: SplitState): Fen {
  const name = key?.(state);
  let left: bigint = amount.of(state);
  if (name !== undefined) left -= totalNow(state, name);
  // Several payers may share the cap; the in-scope money of this bill counts once.
  if (name !== undefined && on === 'in-scope') left += state.countedByCaps.get(name) ?? 0n;
  return left > 0n ? (left as Fen) : ZERO;
}

function countInScope(state: SplitState, key: string, amount: Fen): void {
  const earlier = state.countedByCaps.get(key) ?? ZERO;
  if (amount <= earlier) return;
  addToTotal(state, key, (amount - earlier) as Fen);
  state.countedByCaps.set(key, amount);
}
