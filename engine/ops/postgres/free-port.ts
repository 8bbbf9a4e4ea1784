import { createServer } from 'node:net';
import { StartupError, systemCode } from '../startup-error.ts';

/**
 * A port of 127.0.0.1 that is free at this moment.
 * @param asked 0: any
 * @throws StartupError PORT_TAKEN when the port `asked` is not free
 */
export async function freePort(asked: number): Promise<number> {
  const probe = createServer();
  try {
    return await new Promise<number>((resolve, reject) => {
      probe.once('error', reject);
      probe.listen({ port: asked, host: '127.0.0.1' }, () => {
        const address = probe.address();
        resolve(typeof address === 'object' && address !== null ? address.port : asked);
      });
    });
  } catch (error) {
    if (systemCode(error) !== 'EADDRINUSE') throw error;
    throw portTaken(asked, error);
  } finally {
    await new Promise((resolve) => probe.close(resolve));
  }
}

function portTaken(port: number, cause: unknown): StartupError {
  return new StartupError(
    {
      code: 'PORT_TAKEN',
      zh: `内置数据库的端口 ${port} 已被其他程序占用；请停止该程序或换一个端口`,
      en: `Port ${port}, asked for the embedded database, is taken by another program; stop it or choose another port`,
    },
    cause,
  );
}
