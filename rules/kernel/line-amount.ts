import { type Fen, fen } from '../../engine/base/money/fen.ts';
import { divideRounded } from './fraction.ts';

/** quantity in 10^-4 × price in 10^-6 yuan = 10^-10 yuan; a fen is 10^-2 yuan. */
const E10_PER_FEN = 100_000_000n;

/**
 * The amount of a bill line, in fen: quantity × price, half up (6 × 1.3975 = 8.385 → 8.39, as on a
 * recorded bill). Quantity in ten-thousandths, price in millionths of a yuan, both ≥ 0.
 */
export function lineAmount(quantityE4: bigint, priceE6: bigint): Fen {
  return fen(divideRounded(quantityE4 * priceE6, E10_PER_FEN, 'half-up'));
}
