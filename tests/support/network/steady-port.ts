import { randomInt } from 'node:crypto';
import { freePort } from '../../../engine/ops/postgres/free-port.ts';
import { StartupError } from '../../../engine/ops/startup-error.ts';

/** Below the ports that Linux gives to outgoing connections (net.ipv4.ip_local_port_range). */
const PORTS = { first: 10_000, end: 32_000 };

/**
 * A free port of 127.0.0.1 for a process that is killed and comes back: no connection of another process
 * takes it in between, as happens with a port that the system chose.
 */
export async function steadyPort(): Promise<number> {
  for (;;) {
    const port = await freePort(randomInt(PORTS.first, PORTS.end)).catch((error: unknown) => {
      if (error instanceof StartupError) return undefined;
      throw error;
    });
    if (port !== undefined) return port;
  }
}
