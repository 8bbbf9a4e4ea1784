/**
 * Walks money through a band table. A cap limits what the payer *pays*, so the money that still
 * fits under it is solved backwards. All steps are exact; only the payer's share is rounded.
 */
import type { Fen } from '../../engine/base/money/fen.ts';
import type { PackFile } from '../model/pack-file.ts';
import type { Band, Bands } from './bands.ts';
import { divideRounded, divideUp } from './fraction.ts';

export type Walk = {
  readonly table: Bands;
  readonly rounding: PackFile['rounding'];
  /** Money and positions are counted in 1/scale fen; 1n unless a payer before chained exactly. */
  readonly scale: bigint;
  /** Where the table's edges begin, in fen: the threshold, or zero. */
  readonly shift: bigint;
  /** Edges count what the payer has paid, not the money it looks at. */
  readonly isByPaid: boolean;
  /** Place on the table's scale: 1/scale fen of money, or fen paid. */
  position: bigint;
  left: bigint;
  /** What the payer may still pay, in fen; undefined = no cap. */
  readonly room: bigint | undefined;
  /** The money there is, in whole fen. */
  readonly most: bigint;
  /** The cap is reached: no later band may look at what is left, not even one that pays nothing. */
  isFull: boolean;
  /** Money covered so far, in 1/scale fen, and exactly as a fraction of fen. */
  covered: bigint;
  coveredExactNum: bigint;
  coveredExactDen: bigint;
  /** Paid so far: exactly, over den × scale, and rounded. */
  paidNum: bigint;
  paid: bigint;
};

export type BandPart = { readonly band: Band; readonly taken: bigint; readonly amount: bigint };

/** Takes the money through all bands; returns the parts that were not empty. */
export function walkBands(walk: Walk): readonly BandPart[] {
  const parts: BandPart[] = [];
  for (const band of walk.table.bands) {
    if (walk.left === 0n || walk.isFull) break;
    const part = walkBand(band, walk);
    if (part !== undefined) parts.push(part);
  }
  return parts;
}

function walkBand(band: Band, walk: Walk): BandPart | undefined {
  const width = widthOf(band, walk);
  let taken = width < walk.left ? width : walk.left;
  if (taken <= 0n) return undefined;
  const { scale, table, room } = walk;
  let num = taken * band.num;
  const roomNum = room === undefined ? undefined : room * table.den * scale;
  let exactDen = scale;
  let exactNum = taken;
  if (roomNum !== undefined && walk.paidNum + num > roomNum) {
    walk.isFull = true;
    num = roomNum - walk.paidNum;
    taken = divideUp(num, band.num);
    exactNum = num;
    exactDen = scale * band.num;
    if (taken === 0n) return undefined;
  }
  const paidBefore = walk.paid;
  walk.covered += taken;
  walk.coveredExactNum = walk.coveredExactNum * exactDen + exactNum * walk.coveredExactDen;
  walk.coveredExactDen *= exactDen;
  walk.paidNum += num;
  walk.paid = walk.rounding.bands === 'once' ? rounded(walk) : paidBefore + part(walk, num, taken);
  if (room !== undefined && walk.paid > room) walk.paid = room;
  // An exact remainder may exceed its whole fen by a part of one.
  if (walk.paid > walk.most) walk.paid = walk.most;
  walk.left -= taken;
  if (!walk.isByPaid) walk.position += taken;
  return { band, taken, amount: walk.paid - paidBefore };
}

/**
 * The money this band takes, in 1/scale fen. On a scale of fund paid the fen that straddles an edge
 * belongs to the next band.
 */
function widthOf(band: Band, walk: Walk): bigint {
  if (band.upTo === undefined) return walk.left;
  if (!walk.isByPaid) return (band.upTo + walk.shift) * walk.scale - walk.position;
  if (band.num === 0n) return walk.left;
  const toEdge = (band.upTo - walk.position) * walk.table.den * walk.scale - walk.paidNum;
  return toEdge / band.num;
}

/** The payer's share of all bands so far in fen; the other side gets the complement. */
function rounded(walk: Walk): bigint {
  const { rounding, table, scale, paidNum, covered } = walk;
  if (rounding.balancing === 'person' || scale !== 1n)
    return divideRounded(paidNum, table.den * scale, rounding.mode);
  return covered - divideRounded(covered * table.den - paidNum, table.den, rounding.mode);
}

function part({ rounding, table, scale }: Walk, num: bigint, taken: bigint): bigint {
  if (rounding.balancing === 'person' || scale !== 1n)
    return divideRounded(num, table.den * scale, rounding.mode);
  return taken - divideRounded(taken * table.den - num, table.den, rounding.mode);
}

/** What the person keeps of the covered money, rounded by itself; as some regions print it. */
export function printedSelfPay(walk: Walk): Fen {
  const { coveredExactNum, coveredExactDen, paidNum, table, scale, rounding } = walk;
  const paidDen = table.den * scale;
  const own = coveredExactNum * paidDen - paidNum * coveredExactDen;
  return divideRounded(own < 0n ? 0n : own, coveredExactDen * paidDen, rounding.mode) as Fen;
}
