/** The composition root. */
export type EngineModule = typeof import('../main.ts');

/** Everything outside the process that a command may use. */
export type CliContext = {
  /** Environment variables. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Prints one line on stdout. */
  readonly print: (line: string) => void;
  /** Prints one line on stderr. */
  readonly printError: (line: string) => void;
  /** Asks on the terminal for what is not shown while it is typed; undefined where nobody sits at one. */
  readonly askSecret?: (question: string) => Promise<string | undefined>;
  /** Loads the composition root on demand: `--help` needs no database driver. */
  readonly loadMain: () => Promise<EngineModule>;
};

/** Sets the exit code of the process when it is not 0: 1 refused or failed, 2 outcome not known yet. */
export type SetExitCode = (code: 1 | 2) => void;

/** An error that the user can correct. It is printed in both languages and ends the command with 1. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly zh: string;
  readonly en: string;

  constructor(text: { readonly zh: string; readonly en: string }) {
    super(text.en);
    this.zh = text.zh;
    this.en = text.en;
  }
}

/** The error for a value that an option does not take. */
export function notAllowed(option: string, allowed: string): CliError {
  return new CliError({
    zh: `${option} 的值不正确；允许：${allowed}`,
    en: `The value of ${option} is not allowed; it may be: ${allowed}`,
  });
}
