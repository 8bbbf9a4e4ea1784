import { expect, test } from 'vitest';
import { openDatabaseTime } from '../../../../../engine/store/connection/database-time.ts';
import { storeForEachTest } from '../store-for-each-test.ts';

const fixture = storeForEachTest();

test('the database says what time it is, in milliseconds', async () => {
  const time = openDatabaseTime(fixture.url);
  try {
    // Its server runs on this machine, by the same clock.
    const before = Date.now();
    const read = await time.read();
    expect(read).toBeGreaterThanOrEqual(before);
    expect(read).toBeLessThan(Date.now() + 1);
  } finally {
    await time.close();
  }
});

test('of a database that is away it is not known', async () => {
  const time = openDatabaseTime('postgres://nobody:x@127.0.0.1:1/nothing');
  await expect(time.read()).rejects.toMatchObject({ name: 'StoreUnavailable' });
  await time.close();
});
