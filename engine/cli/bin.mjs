#!/usr/bin/env node
// The sources are TypeScript that Node 24 runs as they are. A machine's own Node may be older, so the
// package brings one; this launcher is plain JavaScript that any Node can read.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NODE_MAJOR = 24;
const entry = join(dirname(fileURLToPath(import.meta.url)), 'main.ts');

if (Number(process.versions.node.split('.')[0]) >= NODE_MAJOR) {
  await import('./main.ts');
} else {
  runWithOwnNode();
}

function runWithOwnNode() {
  const node = findOwnNode();
  if (node === undefined) {
    const found = process.versions.node;
    process.stderr.write(`需要 Node ${NODE_MAJOR}，当前为 ${found}；请先执行 npm install\n`);
    process.stderr.write(`Node ${NODE_MAJOR} is needed, this is ${found}; run npm install first\n`);
    process.exitCode = 1;
    return;
  }
  const child = spawn(node, [entry, ...process.argv.slice(2)], { stdio: 'inherit' });
  // Ctrl-C reaches both; what is sent to this process alone is passed on.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    process.exitCode = signal === null ? (code ?? 1) : 1;
  });
}

function findOwnNode() {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('node/package.json'));
    const node = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(node) ? node : undefined;
  } catch {
    return undefined;
  }
}
