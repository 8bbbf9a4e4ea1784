/** Runs a program with mounts that nobody else sees and that end with it: takes root and Linux. */
import { execFile } from 'node:child_process';

/** `status`: undefined when the program was killed or never started. */
export type Ended = {
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
};

/**
 * @param script for sh; makes the mounts, finds what it is given as $0, $1 …
 * @param environment added to that of this process
 */
export function runInOwnMounts(
  script: string,
  given: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return new Promise((resolve) => {
    const child = execFile(
      'unshare',
      ['-m', 'sh', '-c', script, ...given],
      { encoding: 'utf8', env: { ...process.env, ...environment } },
      (error, stdout, stderr) => {
        const status = error === null ? 0 : error.code;
        resolve({ status: typeof status === 'number' ? status : undefined, stdout, stderr });
      },
    );
    child.stdin?.end();
  });
}

/** Why the system tests cannot run here, in one line; undefined: they can. */
export async function whyNotHere(isDebian: boolean): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'not root';
  if (!isDebian) return 'not Debian';
  const { status } = await runInOwnMounts('mount -t tmpfs tmpfs /mnt', []);
  return status === 0 ? undefined : 'no file system can be mounted';
}
