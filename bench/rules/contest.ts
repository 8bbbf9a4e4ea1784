import { isDeepStrictEqual } from 'node:util';
import { compilePack } from '../../rules/kernel/compile-pack.ts';
import { formatProblem } from '../../rules/kernel/problem.ts';
import { splitBill } from '../../rules/kernel/split-bill.ts';
import type { SplitInput } from '../../rules/model/bill.ts';
import type { Pack } from '../../rules/model/pack.ts';
import packJson from '../../rules/packs/110000/2023-01-01-employee-outpatient.json' with {
  type: 'json',
};
import { createJsonRulesPeer, type JsonRulesPeer } from './json-rules-peer.ts';
import {
  type ComparableSplit,
  comparePeer,
  compareSplit,
  type PlainTotals,
  plainBill,
} from './plain-bill.ts';
import { type PlainPolicy, readPlainPolicy } from './plain-policy.ts';
import { createZenPeer, type ZenPeer } from './zen-peer.ts';

/** One policy in the kernel and in two rule engines. */
export type Contest = {
  readonly pack: Pack;
  readonly policy: PlainPolicy;
  readonly totals: PlainTotals;
  readonly jsonRules: JsonRulesPeer;
  readonly zen: ZenPeer;
};

/** Where a peer answered a bill otherwise than the kernel. */
export type Difference = {
  readonly peer: 'json-rules-engine' | 'zen-engine';
  readonly bill: SplitInput;
  readonly kernel: ComparableSplit;
  readonly answer: ComparableSplit;
};

/** Makes the contest of Beijing's employees' outpatient policy; all of it from the pack's file. */
export function openContest(): Contest {
  const compiled = compilePack(packJson);
  if (!compiled.ok) throw new Error(compiled.error.map(formatProblem).join('\n'));
  const pack = compiled.value;
  const { accumulators, deductible } = pack.file;
  const policy = readPlainPolicy(pack.file);
  const totals = { inScope: accumulators.inScope, deductible: deductible?.counter ?? '' };
  return {
    ...{ pack, policy, totals },
    jsonRules: createJsonRulesPeer(policy),
    zen: createZenPeer(policy),
  };
}

/** Asks all three; the first bill with two answers, or undefined. */
export async function findDifference(
  { pack, policy, totals, jsonRules, zen }: Contest,
  bills: readonly SplitInput[],
): Promise<Difference | undefined> {
  for (const bill of bills) {
    const kernel = compareSplit(splitBill(pack, bill));
    const plain = plainBill(bill, totals);
    const answers = [
      ['json-rules-engine', await jsonRules.split(jsonRules.prepare(plain))],
      ['zen-engine', zen.read(await zen.split(plain))],
    ] as const;
    for (const [peer, split] of answers) {
      const answer = comparePeer(split, policy);
      if (!isDeepStrictEqual(answer, kernel)) return { peer, bill, kernel, answer };
    }
  }
  return undefined;
}

/** The bill and both answers, to be read. */
export function differenceText({ peer, bill, kernel, answer }: Difference): string {
  const readable = (_: string, value: unknown) => {
    if (typeof value === 'bigint') return `${value}`;
    return value instanceof Map || value instanceof Set ? [...value] : value;
  };
  const show = (value: unknown) => JSON.stringify(value, readable);
  return [
    `${peer} answers otherwise than the kernel:`,
    `bill    ${show(bill)}`,
    `kernel  ${show(kernel)}`,
    `${peer}  ${show(answer)}`,
  ].join('\n');
}
