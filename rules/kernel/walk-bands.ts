/**
 * Walks money through a band table. A cap limits what the payer *pays*, so the money that it covers
 * is computed back from the payment. All steps are exact; only the payer's share is rounded.
 */
import type { Fen } from '../../engine/base/money/fen.ts';
import type { PackFile } from '../model/pack-file.ts';
import type { Band, Bands } from './bands.ts';
import { divideRounded, divideUp } from './fraction.ts';

export type Walk = {
  readonly table: Bands;
  readonly rounding: PackFile['rounding'];
  /** Money and positions are in 1/scale fen; 1n unless an earlier payer chained exactly. */
  readonly scale: bigint;
  /** The position at which the first band begins, in fen: the threshold, or zero. */
  readonly shift: bigint;
  /** Edges count what the payer has paid, not its base. */
  readonly isByPaid: boolean;
  /** Position on the table's scale: 1/scale fen of money, or fen paid. */
  position: bigint;
  left: bigint;
  /** What the payer may still pay, in fen; undefined = no cap. */
  readonly room: bigint | undefined;
  /** All the money, in whole fen. */
  readonly most: bigint;
  /** The cap is reached: no later band covers what is left, not even one that pays nothing. */
  isFull: boolean;
  /** Money covered so far: in whole 1/scale fen, and unrounded as a fraction of fen. */
  covered: bigint;
  coveredNum: bigint;
  coveredDen: bigint;
  /** Paid so far: unrounded over table.den × scale, and rounded to fen. */
  paidNum: bigint;
  paid: bigint;
};

export type BandPart = { readonly band: Band; readonly taken: bigint; readonly amount: bigint };

/** Walks through all bands; returns the parts that are not empty. */
export function walkBands(walk: Walk): readonly BandPart[] {
  const parts: BandPart[] = [];
  for (const band of walk.table.bands) {
    if (walk.left === 0n || walk.isFull) break;
    const roundPart = walkBand(band, walk);
    if (roundPart !== undefined) parts.push(roundPart);
  }
  return parts;
}

function walkBand(band: Band, walk: Walk): BandPart | undefined {
  const width = bandWidth(band, walk);
  let taken = width < walk.left ? width : walk.left;
  if (taken <= 0n) return undefined;
  const { scale, table, room } = walk;
  let num = taken * band.num;
  const roomNum = room === undefined ? undefined : room * table.den * scale;
  let takenDen = scale;
  let takenNum = taken;
  if (roomNum !== undefined && walk.paidNum + num > roomNum) {
    walk.isFull = true;
    num = roomNum - walk.paidNum;
    taken = divideUp(num, band.num);
    takenNum = num;
    takenDen = scale * band.num;
    if (taken === 0n) return undefined;
  }
  const paidBefore = walk.paid;
  walk.covered += taken;
  walk.coveredNum = walk.coveredNum * takenDen + takenNum * walk.coveredDen;
  walk.coveredDen *= takenDen;
  walk.paidNum += num;
  walk.paid =
    walk.rounding.bands === 'once' ? roundPaid(walk) : paidBefore + roundPart(walk, num, taken);
  if (room !== undefined && walk.paid > room) walk.paid = room;
  // An unrounded remainder may exceed its whole fen by a part of one.
  if (walk.paid > walk.most) walk.paid = walk.most;
  walk.left -= taken;
  if (!walk.isByPaid) walk.position += taken;
  return { band, taken, amount: walk.paid - paidBefore };
}

/**
 * The width of a band from the current position, in 1/scale fen. On a scale of fund paid, the fen
 * that straddles an edge belongs to the next band.
 */
function bandWidth(band: Band, walk: Walk): bigint {
  if (band.upTo === undefined) return walk.left;
  if (!walk.isByPaid) return (band.upTo + walk.shift) * walk.scale - walk.position;
  if (band.num === 0n) return walk.left;
  const numToEdge = (band.upTo - walk.position) * walk.table.den * walk.scale - walk.paidNum;
  return numToEdge / band.num;
}

/**
 * The payer's share of all bands so far, rounded to fen; the person or the fund gets the
 * complement.
 */
function roundPaid(walk: Walk): bigint {
  const { rounding, table, scale, paidNum, covered } = walk;
  if (rounding.balancing === 'person' || scale !== 1n)
    return divideRounded(paidNum, table.den * scale, rounding.mode);
  return covered - divideRounded(covered * table.den - paidNum, table.den, rounding.mode);
}

function roundPart({ rounding, table, scale }: Walk, num: bigint, taken: bigint): bigint {
  if (rounding.balancing === 'person' || scale !== 1n)
    return divideRounded(num, table.den * scale, rounding.mode);
  return taken - divideRounded(taken * table.den - num, table.den, rounding.mode);
}

/** The person's part of the covered money, rounded by itself, as some regions print it. */
export function printedSelfPay(walk: Walk): Fen {
  const { coveredNum, coveredDen, paidNum, table, scale, rounding } = walk;
  const paidDen = table.den * scale;
  const own = coveredNum * paidDen - paidNum * coveredDen;
  return divideRounded(own < 0n ? 0n : own, coveredDen * paidDen, rounding.mode) as Fen;
}
