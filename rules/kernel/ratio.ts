import type { RatioFile } from '../model/pack-file-values.ts';
import { type Book, report } from './book.ts';
import { asShare, compare, type Exact, exact, ONE, plus, times } from './exact.ts';
import { compileFact } from './fact.ts';
import type { Work } from './work.ts';

/** A share between 0 and 1; `fixed` is there when it is the same for every bill. */
export type Ratio = { readonly of: (work: Work) => Exact; readonly fixed: Exact | undefined };

/** "0.70", "2/3", or a share that grows with a fact (0.75 + 0.002 × age). */
export function compileRatio(book: Book, file: RatioFile, at: string): Ratio {
  if (typeof file === 'string') {
    const share = exact(file);
    if (compare(share, ONE) > 0) report(book, at, file, 'a ratio must not exceed 1');
    return { of: () => share, fixed: share };
  }
  const [base, each] = [exact(file.base), exact(file.each)];
  const most = file.max === undefined ? ONE : exact(file.max);
  const fact = compileFact(book, file.of, `${at}.of`);
  const of = (work: Work) => {
    const grown = plus(base, times(each, fact(work)));
    return asShare(compare(grown, most) > 0 ? most : grown);
  };
  return { of, fixed: undefined };
}
