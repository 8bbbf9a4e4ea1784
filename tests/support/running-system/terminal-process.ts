// A terminal in a process of its own that dies in the middle of a sale.
// Arguments: data folder, address of the engine, "before-send" or "after-send".

import { sandboxKeyFolder } from '../../../engine/sandbox/keys/sandbox-keys.ts';
import { sandboxTerminals } from '../../../engine/sandbox/seed/sandbox-institutions.ts';
import { openCounter } from './counter.ts';
import { newSandboxCustomer } from './customers.ts';

const [dataDir = '', url = '', moment] = process.argv.slice(2);
const die = (): void => {
  process.kill(process.pid, 'SIGKILL');
};
const counter = await openCounter({ dataDir, url: () => url }, sandboxTerminals.dongguanPharmacy, {
  async fetch(target, request) {
    const isSale = String(target).endsWith('/v1/settlements');
    if (isSale && moment === 'before-send') die();
    const answer = await fetch(target, request);
    if (isSale) die();
    return answer;
  },
});
await counter.sell(newSandboxCustomer(sandboxKeyFolder(dataDir), 'dongguan-pharmacy-buyer'));
