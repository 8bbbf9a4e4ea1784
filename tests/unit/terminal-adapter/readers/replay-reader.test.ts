// A replay that leaves the recorded way must say where, and must not show what was in the command.
import { expect, test } from 'vitest';

import { fromHex } from '../../../../engine/base/crypto/bytes.ts';
import { createReplayReader } from '../../../../terminal-adapter/readers/replay-reader.ts';
import type { Transcript } from '../../../../terminal-adapter/readers/transcript.ts';

const transcript: Transcript = {
  reader: 'recorded',
  atr: '3B6D00',
  protocol: 'T=1',
  exchanges: [{ command: '0020000003XXXXXX', response: '63C2' }],
};

test('the deviation names the place and the headers only', async () => {
  const connection = await createReplayReader(transcript).connect();
  const failure = await connection
    .transmit(fromHex('0020000004123456FF'))
    .catch((error: unknown) => error);
  expect(failure).toMatchObject({
    code: 'REPLAY_DEVIATION',
    message: 'exchange 1 of 1 is 00200000…, the terminal sent 00200000…',
  });
});

test('there is nothing after the end', async () => {
  const reader = createReplayReader(transcript);
  const connection = await reader.connect();
  expect(await connection.transmit(fromHex('0020000003123456'))).toEqual(fromHex('63C2'));
  expect(reader.remaining()).toBe(0);
  await expect(connection.transmit(fromHex('0020000003123456'))).rejects.toMatchObject({
    code: 'REPLAY_DEVIATION',
  });
  expect(await reader.waitForRemoval(1)).toBe(false);
});
