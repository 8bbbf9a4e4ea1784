import { randomInt } from 'node:crypto';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type pg from 'pg';
import { invariant } from '../../base/errors/result.ts';
import { businessDateOf } from '../../base/time/calendar.ts';
import type { RequestRecord } from '../../domain/request/request-record.ts';
import { answerBytes } from '../../render/answer-bytes.ts';
import { binaryArray } from '../batch/binary-array.ts';
import { bigint, bytea, type ColumnsOf, type StoredOf, smallint } from './column.ts';
import { tableOf } from './table.ts';

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

const columns = {
  shard: smallint('key', (block) => block.shard),
  id: bigint('key', (block) => block.id),
  bodies: bytea('fixed', (block) => block.bodies),
} satisfies ColumnsOf<AnswerBlock>;

/** A block belongs to a batch: the requests that name it, by shard and id, may be of other shards. */
export const answerBlockTable = tableOf('answer_block', columns);

/** Where a request's answer stands. */
export type AnswerPlace = {
  readonly shard: number;
  readonly block: bigint;
  /** The line, from 0. */
  readonly no: number;
};

/** A request as it is written. */
export type PlacedRequest = RequestRecord & { readonly place?: AnswerPlace };

/** Blocks of a millisecond are told apart by so many random bits; months are found by the bits above them. */
const RANDOM_BITS = 22;
const LEVEL = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
/** A block that was made from answers as they were stored before blocks is JSON, uncompressed. */
const BRACE = 0x7b;
const LINE = '\n';
const END_OF_LINE = Buffer.from(LINE);
/** Of "2026-11": partitions are months of Beijing's days, as business dates are. */
const MONTH_LENGTH = 7;
const HOUR_MS = 3_600_000;

/**
 * Puts the answers of written requests into blocks: one, or one for each month of requests, so that requests
 * leave the books with their answers. A block stands in the shard of its first request.
 */
export function placeAnswers(requests: readonly RequestRecord[]): {
  readonly placed: readonly PlacedRequest[];
  readonly blocks: readonly AnswerBlock[];
} {
  const months = new Map<string, OpenBlock>();
  const monthOf = createMonthOf();
  const placed = requests.map((request): PlacedRequest => {
    const { answer, key, at } = request;
    if (answer === undefined) return request;
    invariant(!answer.body.includes(LINE), 'an answer is one line');
    const month = monthOf(at);
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

/** An hour lies in one month, and nearly all requests of a batch in one hour. */
function createMonthOf(): (at: number) => string {
  const months = new Map<number, string>();
  return (at) => {
    const hour = Math.floor(at / HOUR_MS);
    const month = months.get(hour) ?? businessDateOf(at).slice(0, MONTH_LENGTH);
    months.set(hour, month);
    return month;
  };
}

function joinLines(bodies: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(bodies.flatMap((body, no) => (no === 0 ? [body] : [END_OF_LINE, body])));
}

function blockId(at: number): bigint {
  return (BigInt(at) << BigInt(RANDOM_BITS)) + BigInt(randomInt(2 ** RANDOM_BITS));
}

/** Finds blocks by shard and id, as requests name them. */
export const answerBlockRead = {
  name: 'answerBlock',
  text: `select t.* from unnest($1::smallint[], $2::bigint[]) as k (shard, id)
    cross join lateral (select * from answer_block b where b.shard = k.shard and b.id = k.id offset 0) t`,
};

/** What a request's row says of the place. */
type PlaceRow = {
  readonly answer_shard: number | null;
  readonly answer_block: bigint | null;
  readonly answer_no: number | null;
};

/**
 * The bodies of requests' answers, undefined where there is none. If there is none at all, nothing is read.
 * @throws InvariantViolation when a block is not there: its month was taken away meanwhile
 */
export async function readAnswers(
  client: pg.ClientBase,
  rows: readonly PlaceRow[],
): Promise<readonly (string | undefined)[]> {
  const wanted = new Map<string, PlaceRow>();
  for (const row of rows) if (row.answer_block !== null) wanted.set(nameOf(row), row);
  if (wanted.size === 0) return rows.map(() => undefined);
  const found = [...wanted.values()];
  const shards = found.map((row) => row.answer_shard);
  const ids = found.map((row) => row.answer_block);
  const { rows: blocks } = await client.query<StoredOf<typeof columns>>({
    name: `read-${answerBlockRead.name}`,
    text: answerBlockRead.text,
    values: [binaryArray('smallint', shards), binaryArray('bigint', ids)],
  });
  const bodies = new Map(
    blocks.map(({ shard, id, bodies }) => [`${shard}/${id}`, answerLines(bodies)]),
  );
  return rows.map((row) => {
    if (row.answer_block === null) return undefined;
    const body = bodies.get(nameOf(row))?.[row.answer_no ?? 0];
    invariant(body !== undefined, 'a stored answer is not there');
    return body;
  });
}

function nameOf({ answer_shard: shard, answer_block: block }: PlaceRow): string {
  return `${shard}/${block}`;
}

/** The answers of a block, in their order. */
export function answerLines(bodies: Buffer): readonly string[] {
  const text = bodies[0] === BRACE ? bodies : zstdDecompressSync(bodies);
  return text.toString().split(LINE);
}
