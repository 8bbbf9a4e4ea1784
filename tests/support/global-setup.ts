import { createServer } from 'node:http';
import type { TestProject } from 'vitest/node';
import type { TestCluster } from './test-cluster.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where a test asks for the cluster of this run; asking starts it. */
    testClusterUrl: string;
  }
}

/**
 * One throw-away PostgreSQL per run, started by the first test that asks for a database: a run of
 * pure tests pays for a listening socket only.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let cluster: Promise<TestCluster> | undefined;
  const start = async () => {
    const { startTestCluster } = await import('./test-cluster.ts');
    return startTestCluster();
  };
  const server = createServer((_request, response) => {
    cluster ??= start();
    cluster.then(
      ({ url, template }) => response.end(JSON.stringify({ url, template })),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no address');
  project.provide('testClusterUrl', `http://127.0.0.1:${address.port}/`);
  return async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    // A cluster that did not start was already told to the test that asked for it.
    await (await cluster?.catch(() => undefined))?.stop();
  };
}
