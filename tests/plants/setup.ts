import fc from 'fast-check';
import { afterEach } from 'vitest';

// Two runs of the same sources find the same survivors.
fc.configureGlobal({ seed: 20_261_122 });

// One failure is enough, but vitest still imports every file that is left: three seconds for each mutant.
const run = globalThis as { hasFailed?: boolean };
if (run.hasFailed === true) throw new Error('an earlier file has failed');
afterEach(({ task }) => {
  if (task.result?.state === 'fail') run.hasFailed = true;
});
