import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A file of the project, as the tidy tests look at it. */
export type SourceFile = {
  /** From the root of the project, with slashes. */
  readonly path: string;
  readonly text: string;
  readonly lines: readonly string[];
};

export const projectRoot = join(import.meta.dirname, '../..');

/** Every text file that git knows or would take up; what git ignores is not ours. */
export function sourceFiles(pathPattern: RegExp): readonly SourceFile[] {
  const listed = execFileSync(
    'git',
    ['ls-files', '-z', '-co', '--exclude-standard', '--deduplicate'],
    {
      cwd: projectRoot,
      encoding: 'utf8',
    },
  );
  return listed
    .split('\0')
    .filter((path) => pathPattern.test(path))
    .flatMap(readSource);
}

function readSource(path: string): readonly SourceFile[] {
  try {
    const text = readFileSync(join(projectRoot, path), 'utf8');
    return [{ path, text, lines: text.split('\n') }];
  } catch {
    // Removed from the folder and not yet from git.
    return [];
  }
}

/** Where a pattern occurs: `path:line: text`, one entry a line. */
export function occurrences(files: readonly SourceFile[], pattern: RegExp): readonly string[] {
  return files.flatMap((file) =>
    file.lines.flatMap((line, index) =>
      pattern.test(line) ? [`${file.path}:${index + 1}: ${line.trim()}`] : [],
    ),
  );
}
