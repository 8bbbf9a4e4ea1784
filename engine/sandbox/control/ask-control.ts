import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { systemCode } from '../../ops/startup-error.ts';
import type { ControlAnswer, ControlRequest } from './control-protocol.ts';
import { findControl } from './control-protocol.ts';

/** Time limit for an answer, ms. */
const LIMIT_MS = 5_000;

/**
 * Sends a request to the bank of the sandbox that runs on this folder.
 * @returns undefined when no sandbox runs there
 */
export async function askControl(
  dataDir: string,
  request: ControlRequest,
): Promise<ControlAnswer | undefined> {
  const address = findControl(dataDir);
  if (address === undefined) return undefined;
  const socket = connect({ host: '127.0.0.1', port: address.controlPort });
  socket.setTimeout(LIMIT_MS, () => socket.destroy(new Error('the sandbox does not answer')));
  socket.write(`${JSON.stringify({ token: address.token, request })}\n`);
  try {
    return JSON.parse(await text(socket)) as ControlAnswer;
  } catch (error) {
    // The address file of a killed sandbox is stale.
    if (systemCode(error) === 'ECONNREFUSED') return undefined;
    throw error;
  }
}
