/** Personal and family accounts, as the oracle reads them. */
import type { PackFile } from '../../../rules/model/pack-file.ts';
import {
  add,
  atLeast0,
  fenOf,
  holds,
  keyOf,
  least,
  now,
  type State,
  takeOut,
} from './oracle-state.ts';

export function accountRoom(state: State, available: bigint, first: bigint): bigint {
  let left = atLeast0(available);
  for (const limit of state.pack.account.limits ?? []) {
    if (!holds(state, limit)) continue;
    const { counter } = limit;
    const used = counter === undefined ? first : now(state, keyOf(state.input, counter));
    left = least(left, atLeast0(fenOf(limit.amount) - used));
  }
  return left;
}

export function countAccount(state: State, paid: bigint): void {
  const limits = (state.pack.account.limits ?? []).filter((limit) => holds(state, limit));
  const keys = new Set(limits.map((limit) => limit.counter));
  for (const counter of keys)
    if (counter !== undefined) add(state.changes, keyOf(state.input, counter), paid);
}

export function payAfterwards(
  state: State,
  choices: PackFile['account']['choices'],
  available: bigint,
): bigint {
  const buckets = choices.find((each) => holds(state, each))?.mayPay ?? [];
  return available - takeOut(state, buckets, available);
}

export function payFirst(state: State): bigint {
  const { first } = state.pack.account;
  if (first === undefined || !holds(state, first)) return 0n;
  const { accountAvailable, accountCurrentYear = 0n } = state.input;
  const available =
    first.uses === 'all' ? accountAvailable : least(accountAvailable, accountCurrentYear);
  const paid = least(accountRoom(state, available, 0n), state.inScope);
  countAccount(state, paid);
  return paid;
}
