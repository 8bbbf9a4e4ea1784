import { describe, expect, test } from 'vitest';
import type {
  CardId,
  PersonNo,
  RequestKey,
  TerminalId,
} from '../../../../../engine/base/ids/ids.ts';
import type { RequestRecord } from '../../../../../engine/domain/request/request-record.ts';
import { answerLines, placeAnswers } from '../../../../../engine/store/tables/answer-block.ts';

const noon = Date.UTC(2024, 2, 31, 4);
/** In Beijing; in Greenwich it is March for eight hours more. */
const april = Date.UTC(2024, 2, 31, 16);

function request(shard: number, at: number, body: string | undefined): RequestRecord {
  return {
    key: { shard, personNo: '44190099000001000000' as PersonNo },
    terminalId: 'T4419000001' as TerminalId,
    cardId: '441900D15600000500000000000F4240' as CardId,
    requestKey: `key-of-${at}-0000000` as RequestKey,
    fingerprint: 'bc232c72abcaeb08fb915b2b5d51b277e9f97583ed33755d65ec0c010aaf404b',
    settlementId: undefined,
    state: body === undefined ? 'running' : 'final',
    answer: body && { outcome: 'approved', status: 200, body, code: undefined },
    at,
  } as RequestRecord;
}

/** What a reader finds at the place of each request. */
function readBack(requests: readonly RequestRecord[]): readonly (string | undefined)[] {
  const { placed, blocks } = placeAnswers(requests);
  return placed.map(({ place }) => {
    const block = blocks.find(({ shard, id }) => shard === place?.shard && id === place.block);
    return block && answerLines(Buffer.from(block.bodies))[place?.no ?? -1];
  });
}

describe('the answers of a batch', () => {
  test('come back each to its request, with the bytes they had', () => {
    const bodies = [
      '{"name":"硝苯地平控释片"}',
      undefined,
      '{"outcome":"declined"}',
      '{"a":"\\n"}',
    ];
    const requests = bodies.map((body, i) => request(i, noon + i, body));
    expect(readBack(requests)).toEqual(bodies);
    expect(placeAnswers(requests).blocks).toHaveLength(1);
  });

  test('stand in the shard of the first, at the moment of its request', () => {
    const [block] = placeAnswers([request(7, noon, '{}'), request(3, noon + 9, '{}')]).blocks;
    expect(block?.shard).toBe(7);
    expect((block?.id ?? 0n) >> 22n).toBe(BigInt(noon));
  });

  test('leave the books with the month of their requests', () => {
    const requests = [
      request(1, april - 1, '{"a":1}'),
      request(2, april, '{"a":2}'),
      request(3, noon, '{"a":3}'),
    ];
    const { placed, blocks } = placeAnswers(requests);
    expect(blocks.map(({ id }) => Number(id >> 22n))).toEqual([april - 1, april]);
    expect(placed.map(({ place }) => place?.no)).toEqual([0, 0, 1]);
    expect(readBack(requests)).toEqual(['{"a":1}', '{"a":2}', '{"a":3}']);
  });

  test('take a thirtieth of their room, and no room when there are none', () => {
    const body = JSON.stringify({ steps: Array.from({ length: 40 }, () => '本次不计起付线') });
    const requests = Array.from({ length: 20 }, (_, i) => request(1, noon + i, `${body} ${i}`));
    const [block] = placeAnswers(requests).blocks;
    expect(block?.bodies.length).toBeLessThan((20 * Buffer.byteLength(body)) / 30);
    expect(placeAnswers([request(1, noon, undefined)]).blocks).toEqual([]);
  });

  test('that were stored before blocks are read as they are', () => {
    expect(answerLines(Buffer.from('{"a":"Ö"}'))).toEqual(['{"a":"Ö"}']);
  });

  test('an answer of two lines is none', () => {
    expect(() => placeAnswers([request(1, noon, '{}\n{}')])).toThrow('an answer is one line');
  });
});
