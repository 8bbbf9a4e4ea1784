import { relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';

/** How many folders have two paths in common, from the root on? */
function sharedDepth(path, other) {
  const names = other.split('/');
  const differs = path.split('/').findIndex((name, index) => name !== names[index]);
  return differs === -1 ? names.length : differs;
}

/** The first failure ends a run: so the changed file's own tests first, its neighbours' next, random bills last. */
class NearestFirst extends BaseSequencer {
  async sort(files) {
    const { root, related = [] } = this.ctx.config;
    const changed = relative(root, String(related)).replace('.ts', '.test.ts');
    const rank = ({ moduleId }) => {
      const path = relative(root, moduleId);
      const mirrored = path.split('/').slice(2).join('/');
      return (path.startsWith('tests/property/') ? 100 : 0) - sharedDepth(mirrored, changed);
    };
    return files.toSorted((first, second) => rank(first) - rank(second));
  }
}

/** The tests of decisions and rules alone: no database, no process, no socket. */
export default defineConfig({
  test: {
    include: ['unit', 'property', 'golden'].flatMap((kind) => [
      `tests/${kind}/engine/domain/**/*.test.ts`,
      `tests/${kind}/engine/base/money/*.test.ts`,
      `tests/${kind}/engine/base/crypto/pin-block.test.ts`,
      `tests/${kind}/rules/**/*.test.ts`,
    ]),
    exclude: ['tests/unit/rules/docs/**'],
    setupFiles: ['tests/plants/setup.ts'],
    sequence: { sequencer: NearestFirst },
    testTimeout: 30_000,
    isolate: false,
  },
});
