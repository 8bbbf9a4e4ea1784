import { explainBill, splitBill } from '../../rules/kernel/split-bill.ts';
import type { SplitInput } from '../../rules/model/bill.ts';
import type { Pack } from '../../rules/model/pack.ts';
import type { Split } from '../../rules/model/split.ts';
import type { Contest } from './contest.ts';
import { plainBill } from './plain-bill.ts';

/** Who is measured, by the name in the results. */
export const CONTENDERS = ['split', 'explain', 'json-rules-engine', 'zen-1', 'zen-32'] as const;
export type ContenderId = (typeof CONTENDERS)[number];
export const PEERS = ['json-rules-engine', 'zen-1', 'zen-32'] as const satisfies ContenderId[];

/** Splits `count` bills, the given ones in turn; answers the sum of what the patients pay, fen. */
export type Contender = (count: number) => number | Promise<number>;

/** How many requests a server may have under way; more brought no more. */
const IN_FLIGHT = 32;

/**
 * The contenders on the same bills. Whatever turns a bill into what a peer takes has been done
 * before; the kernel takes the bill as the engine has it. zen-engine works in threads of its own:
 * with 32 bills under way it may use a second core, and is measured so too.
 */
export function contendersOf(
  { pack, totals, jsonRules, zen }: Contest,
  bills: readonly SplitInput[],
): { readonly [Id in ContenderId]: Contender } {
  const plain = bills.map((bill) => plainBill(bill, totals));
  const facts = plain.map(jsonRules.prepare);
  return {
    split: (count) => splitAll(splitBill, { pack, bills, count }),
    explain: (count) => splitAll(explainBill, { pack, bills, count }),
    'json-rules-engine': (count) => askAll(jsonRules.split, { bills: facts, count, inFlight: 1 }),
    'zen-1': (count) => askAll(zen.split, { bills: plain, count, inFlight: 1 }),
    'zen-32': (count) => askAll(zen.split, { bills: plain, count, inFlight: IN_FLIGHT }),
  };
}

type Kernel = (pack: Pack, bill: SplitInput) => Split;
type KernelWork = {
  readonly pack: Pack;
  readonly bills: readonly SplitInput[];
  readonly count: number;
};

function splitAll(split: Kernel, { pack, bills, count }: KernelWork): number {
  let sum = 0n;
  for (let done = 0; done < count; ) {
    for (const bill of bills) {
      if (done === count) break;
      sum += split(pack, bill).patientPay;
      done += 1;
    }
  }
  return Number(sum);
}

type PeerWork<Bill> = {
  readonly bills: readonly Bill[];
  readonly count: number;
  readonly inFlight: number;
};

async function askAll<Bill>(
  split: (bill: Bill) => Promise<{ readonly patientPay: number }>,
  { bills, count, inFlight }: PeerWork<Bill>,
): Promise<number> {
  let [sent, sum] = [0, 0];
  const ask = async () => {
    while (sent < count) {
      const bill = bills[sent % bills.length];
      if (bill === undefined) throw new Error('there are no bills');
      sent += 1;
      const { patientPay } = await split(bill);
      sum += patientPay;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, ask));
  return sum;
}
