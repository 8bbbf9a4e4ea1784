import type { EngineClient } from '../../../terminal-adapter/client/engine-client.ts';

/** The same client, to which enquiries seem to be answered `aheadMs` later: nobody has to wait so long. */
export function askedLater(client: EngineClient, aheadMs: number): EngineClient {
  return {
    ...client,
    async byRequestKey(requestKey) {
      const asked = await client.byRequestKey(requestKey);
      if (asked.kind !== 'approved') return asked;
      const serverTime = new Date(Date.parse(asked.body.serverTime) + aheadMs).toISOString();
      return { ...asked, body: { ...asked.body, serverTime } };
    },
  };
}
