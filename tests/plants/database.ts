/** Databases for checks that need PostgreSQL. The first one that is asked for starts the cluster. */
import { startTestCluster, type TestCluster } from '../support/postgres/test-cluster.ts';
import { openTestDatabases, type TestDatabases } from '../support/postgres/test-databases.ts';

type Started = { readonly cluster: TestCluster; readonly databases: TestDatabases };

let started: Promise<Started> | undefined;

async function start(): Promise<Started> {
  const cluster = await startTestCluster();
  return { cluster, databases: await openTestDatabases(cluster) };
}

/** Runs with a database that has the migrated schema and no people in it. */
export async function withDatabase(run: (url: string) => Promise<void>): Promise<void> {
  started ??= start();
  const { databases } = await started;
  const url = await databases.take({ isFresh: false });
  try {
    await run(url);
  } finally {
    await databases.giveBack(url);
  }
}

/** To be called when no check is left. */
export async function stopDatabases(): Promise<void> {
  const running = await started;
  started = undefined;
  await running?.databases.close();
  await running?.cluster.stop();
}
