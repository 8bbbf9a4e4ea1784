import { invariant } from '../../engine/base/errors/result.ts';
import { type Fen, parseFen } from '../../engine/base/money/fen.ts';

/**
 * "1.3975" as a whole number of units of 10^-`decimals`. The schema has checked the text: digits,
 * and no more decimals than that.
 */
export function scaled(text: string, decimals: number): bigint {
  const [whole = '0', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(decimals, '0'));
}

/** "1800.00" in fen; the schema has checked the text. */
export function parseYuan(text: string): Fen {
  const amount = parseFen(text);
  invariant(amount !== undefined, 'the schema accepts an amount that is none');
  return amount;
}
