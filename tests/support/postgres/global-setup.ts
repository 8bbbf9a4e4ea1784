import { createServer } from 'node:http';
import type { TestProject } from 'vitest/node';
import type { TestCluster } from './test-cluster.ts';
import type { TestDatabases } from './test-databases.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where a test asks for a database; the first one that asks starts the cluster. */
    testDatabasesUrl: string;
  }
}

/**
 * One throw-away PostgreSQL per run, started by the first test that asks for a database: a run of
 * pure tests pays for a listening socket only.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let started: Promise<Started> | undefined;
  const server = createServer((request, response) => {
    started ??= start();
    carryOut(started, new URL(request.url ?? '/', 'http://tests')).then(
      (answer) => response.end(answer),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  project.provide('testDatabasesUrl', `http://127.0.0.1:${address.port}/`);
  return async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    // A cluster that did not start was already told to the test that asked for it.
    const running = await started?.catch(() => undefined);
    await running?.databases.close();
    await running?.cluster.stop();
  };
}

type Started = { readonly cluster: TestCluster; readonly databases: TestDatabases };

async function start(): Promise<Started> {
  const { startTestCluster } = await import('./test-cluster.ts');
  const { openTestDatabases } = await import('./test-databases.ts');
  const cluster = await startTestCluster();
  return { cluster, databases: await openTestDatabases(cluster) };
}

/** "/take", perhaps "?fresh", or "/give-back?url=…". */
async function carryOut(
  started: Promise<Started>,
  { pathname, searchParams }: URL,
): Promise<string> {
  const { databases } = await started;
  if (pathname === '/take') return databases.take({ isFresh: searchParams.has('fresh') });
  await databases.giveBack(searchParams.get('url') ?? '');
  return '';
}
