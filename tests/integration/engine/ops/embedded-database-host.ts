import { once } from 'node:events';
import { startEmbeddedDatabase } from '../../../../engine/ops/postgres/embedded-database.ts';
import { describeStartupError } from '../../../../engine/ops/startup-error.ts';

/**
 * A process with an embedded database, for tests that kill it, or that run it where the test itself
 * cannot go. Prints one line of JSON: the running database, or why it does not start.
 */
const [dataDir = '', reachableFolder = ''] = process.argv.slice(2);
try {
  const database = await startEmbeddedDatabase({
    dataDir,
    reachableFolder,
    log: () => undefined,
  });
  process.stdout.write(
    `${JSON.stringify({ url: database.url, serverPid: database.serverPid() })}\n`,
  );
  process.stdin.resume();
  await once(process.stdin, 'end');
  await database.stop();
} catch (error) {
  process.stdout.write(`${JSON.stringify(describeStartupError(error))}\n`);
}
