import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: ['tests/support/global-setup.ts'],
    // A database-backed test may wait for a busy machine; a hang is still caught.
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Most tests wait for sockets and disks: as many workers as cores, not one fewer.
    maxWorkers: '100%',
  },
});
