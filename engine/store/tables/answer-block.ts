import { randomInt } from 'node:crypto';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type pg from 'pg';
import { invariant } from '../../base/errors/result.ts';
import { businessDateOf } from '../../base/time/calendar.ts';
import type { RequestRecord } from '../../domain/request/request-record.ts';
import { answerBytes } from '../../render/answer-bytes.ts';
import { binaryArray } from '../batch/binary-array.ts';
import { readStatements } from '../batch/read-statements.ts';
import { requestOf } from './rows.ts';
import type { RequestRow } from './schema.ts';

/**
 * The answers that a batch gives, stored together: answers repeat the same members and the same words, so
 * twenty of them compress to a thirtieth, in less time than it takes to send them as they are.
 */
export type AnswerBlock = {
  readonly shard: number;
  readonly id: bigint;
  /** A line for each answer, as zstd. */
  readonly bodies: Uint8Array;
};

/** Where a request's answer stands. */
export type AnswerPlace = {
  readonly shard: number;
  readonly block: bigint;
  /** The line, from 0. */
  readonly no: number;
};

/** A request as it is written. */
export type PlacedRequest = RequestRecord & { readonly place: AnswerPlace | undefined };

/** Blocks of a millisecond are told apart by so many random bits; months are found by the bits above them. */
const RANDOM_BITS = 22;
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
/** A block that was made from answers as they were stored before blocks is JSON, uncompressed. */
const BRACE = 0x7b;
const LINE = '\n';
const END_OF_LINE = Buffer.from(LINE);
/** Of "2026-11": partitions are months of Beijing's days, as business dates are. */
const MONTH_LENGTH = 7;

/**
 * Puts the answers of written requests into blocks: one, or one for each month of requests, so that requests
 * leave the books with their answers. A block stands in the shard of its first request.
 */
export function placeAnswers(requests: readonly RequestRecord[]): {
  readonly placed: readonly PlacedRequest[];
  readonly blocks: readonly AnswerBlock[];
} {
  const months = new Map<string, OpenBlock>();
  const placed = requests.map((request): PlacedRequest => {
    const { answer, key, at } = request;
    if (answer === undefined) return { ...request, place: undefined };
    invariant(!answer.body.includes(LINE), 'an answer is one line');
    const month = businessDateOf(at).slice(0, MONTH_LENGTH);
    let open = months.get(month);
    if (open === undefined) {
      open = { shard: key.shard, id: blockId(at), bodies: [] };
      months.set(month, open);
    }
    const no = open.bodies.push(answerBytes(answer)) - 1;
    return { ...request, place: { shard: open.shard, block: open.id, no } };
  });
  const blocks = [...months.values()].map(({ bodies, ...block }) => ({
    ...block,
    bodies: zstdCompressSync(joinLines(bodies), LEVEL),
  }));
  return { placed, blocks };
}

type OpenBlock = Pick<AnswerBlock, 'shard' | 'id'> & { readonly bodies: Uint8Array[] };

function joinLines(bodies: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(bodies.flatMap((body, no) => (no === 0 ? [body] : [END_OF_LINE, body])));
}

function blockId(at: number): bigint {
  return (BigInt(at) << BigInt(RANDOM_BITS)) + BigInt(randomInt(2 ** RANDOM_BITS));
}

/**
 * Requests with their answers. Most batches find no request that was answered before; then nothing is read.
 * @throws InvariantViolation when a block is not there: its month was taken away meanwhile
 */
export async function withAnswers(
  client: pg.ClientBase,
  rows: readonly RequestRow[],
): Promise<readonly RequestRecord[]> {
  const wanted = new Map<string, RequestRow>();
  for (const row of rows) if (row.answer_block !== null) wanted.set(nameOf(row), row);
  const bodies = new Map<string, readonly string[]>();
  if (wanted.size > 0) {
    const found = [...wanted.values()];
    const { rows: blocks } = await client.query<BlockRow>({
      name: 'read-answers',
      text: readStatements.answerBlock,
      values: [
        binaryArray(
          'smallint',
          found.map((row) => row.answer_shard),
        ),
        binaryArray(
          'bigint',
          found.map((row) => row.answer_block),
        ),
      ],
    });
    for (const block of blocks) {
      bodies.set(`${block.shard}/${block.id}`, answerLines(block.bodies));
    }
  }
  return rows.map((row) => {
    if (row.answer_block === null) return requestOf(row, undefined);
    const body = bodies.get(nameOf(row))?.[row.answer_no ?? 0];
    invariant(body !== undefined, 'a stored answer is not there');
    return requestOf(row, body);
  });
}

type BlockRow = { readonly shard: number; readonly id: bigint; readonly bodies: Buffer };

function nameOf({ answer_shard: shard, answer_block: block }: RequestRow): string {
  return `${shard}/${block}`;
}

/** The answers of a block, in their order. */
export function answerLines(bodies: Buffer): readonly string[] {
  const text = bodies[0] === BRACE ? bodies : zstdDecompressSync(bodies);
  return text.toString().split(LINE);
}
