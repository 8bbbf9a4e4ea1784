import { type Notice, runSeeds, runTests } from './catchers.ts';
import type { CopiedTree } from './copied-tree.ts';
import type { Mutant } from './mutant.ts';

export type Caught = Notice & {
  /** A test file, or "simulator". */
  readonly by: string;
  readonly seconds: number;
};

export type Judged = {
  readonly mutant: Mutant;
  /**
   * stale: its text does not stand in the source once any more. broken: the source does not run with it.
   * survived: nobody noticed.
   */
  readonly verdict: 'caught' | 'survived' | 'stale' | 'broken';
  /** What every named catcher said. */
  readonly notices: readonly Caught[];
  readonly seconds: number;
};

/**
 * Plants one bug, asks everybody who should notice it, and takes it out again.
 * @param asksAll a survivor goes through the whole quick suite too
 */
export async function judgeMutant(
  tree: CopiedTree,
  mutant: Mutant,
  asksAll: boolean,
): Promise<Judged> {
  const startedAt = performance.now();
  const seconds = () => (performance.now() - startedAt) / 1000;
  const restore = tree.plant(mutant);
  if (restore === undefined) return { mutant, verdict: 'stale', notices: [], seconds: seconds() };
  const notices: Caught[] = [];
  const ask = async (by: string, run: () => Promise<Notice>): Promise<void> => {
    const before = seconds();
    const notice = await run();
    notices.push({ ...notice, by, seconds: seconds() - before });
  };
  try {
    for (const file of mutant.tests) await ask(file, () => runTests(tree.folder, [file]));
    const { seeds } = mutant;
    if (seeds !== undefined) await ask('simulator', () => runSeeds(tree.folder, seeds));
    const isCaught = notices.some(({ verdict }) => verdict === 'caught');
    if (!isCaught && asksAll) await ask('quick suite', () => runTests(tree.folder, []));
  } finally {
    restore();
  }
  return { mutant, verdict: verdictOf(notices), notices, seconds: seconds() };
}

function verdictOf(notices: readonly Notice[]): Judged['verdict'] {
  if (notices.some(({ verdict }) => verdict === 'broken')) return 'broken';
  return notices.some(({ verdict }) => verdict === 'caught') ? 'caught' : 'survived';
}
