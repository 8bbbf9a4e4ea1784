import type { Mutant, Room } from './mutant.ts';
import { bankKeys } from './rooms/bank-keys.ts';
import { bankLeg } from './rooms/bank-leg.ts';
import { bankLink } from './rooms/bank-link.ts';
import { card } from './rooms/card.ts';
import { legInHand } from './rooms/leg-in-hand.ts';
import { money } from './rooms/money.ts';
import { onceOnly } from './rooms/once-only.ts';
import { policy } from './rooms/policy.ts';
import { rules } from './rooms/rules.ts';
import { store } from './rooms/store.ts';
import { terminal } from './rooms/terminal.ts';
import { wire } from './rooms/wire.ts';

export const allRooms: readonly Room[] = [
  onceOnly,
  bankLeg,
  legInHand,
  bankLink,
  bankKeys,
  card,
  money,
  rules,
  store,
  terminal,
  wire,
  policy,
];

export const allMutants: readonly Mutant[] = allRooms.flatMap(({ mutants }) => mutants);
