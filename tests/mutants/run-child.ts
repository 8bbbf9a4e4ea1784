import { spawn } from 'node:child_process';

export type ChildEnd = {
  readonly isInTime: boolean;
  readonly code: number;
  readonly output: string;
};

/** Runs this Node with arguments in a folder; what it starts ends with it, at the latest after `limitMs`. */
export function runChild(
  folder: string,
  args: readonly string[],
  limitMs: number,
): Promise<ChildEnd> {
  const child = spawn(process.execPath, args, {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stop = (): void => {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  };
  let isInTime = true;
  const timer = setTimeout(() => {
    isInTime = false;
    stop();
  }, limitMs);
  process.once('exit', stop);
  let output = '';
  const take = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  return new Promise((resolve) => {
    child.once('close', (code) => {
      clearTimeout(timer);
      process.removeListener('exit', stop);
      resolve({ isInTime, code: code ?? -1, output });
    });
  });
}
