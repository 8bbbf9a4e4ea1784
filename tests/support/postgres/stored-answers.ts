/** Stored answers, read and changed past the engine. */
import type pg from 'pg';
import { answerLines } from '../../../engine/store/tables/answer-block.ts';

type Query = <Row extends pg.QueryResultRow>(
  text: string,
  values?: readonly unknown[],
) => Promise<Row[]>;

type Place = { readonly shard: number; readonly block: string; readonly no: number };

/** Reads the bodies that stand at `place`, as `place` says in SQL: "shard/block/no". */
export async function readAnswers(query: Query): Promise<(place: string) => string | undefined> {
  const blocks = await query<{ name: string; bodies: Buffer }>(
    `select shard || '/' || id as name, bodies from answer_block`,
  );
  const lines = new Map(blocks.map(({ name, bodies }) => [name, answerLines(bodies)]));
  return (place) => {
    const [, block = '', no] = /^(.*)\/(\d+)$/.exec(place) ?? [];
    return lines.get(block)?.[Number(no)];
  };
}

/** A column that {@link readAnswers} takes; NULL where a request has no answer. */
export const answerPlace = (request: string) =>
  `${request}.answer_shard || '/' || ${request}.answer_block || '/' || ${request}.answer_no`;

/** Changes the answer of the one request that `which` finds, as somebody with the owner's rights could. */
export async function changeAnswer(
  query: Query,
  which: string,
  change: (body: string) => string,
): Promise<void> {
  const [place] = await query<Place>(
    `select answer_shard as shard, answer_block as block, answer_no as no from request r where ${which} limit 1`,
  );
  if (place === undefined) throw new Error('no such request');
  const { shard, block, no } = place;
  const [row] = await query<{ bodies: Buffer }>(
    'select bodies from answer_block where shard = $1 and id = $2',
    [shard, block],
  );
  const lines = row === undefined ? [] : answerLines(row.bodies);
  const changed = lines.map((body, i) => (i === no ? change(body) : body)).join('\n');
  await query('update answer_block set bodies = $3 where shard = $1 and id = $2', [
    ...[shard, block],
    Buffer.from(changed),
  ]);
}
