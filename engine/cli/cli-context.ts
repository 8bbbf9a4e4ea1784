/** The composition root. */
export type EngineModule = typeof import('../main.ts');

/** What a command may touch of the outside. */
export type CliContext = {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** One line on stdout. */
  readonly print: (line: string) => void;
  /** One line on stderr. */
  readonly printError: (line: string) => void;
  /** Loads it when a command needs it: `--help` needs no database driver. */
  readonly loadMain: () => Promise<EngineModule>;
};

/** Sets the exit code of the process when it is not 0: 1 refused or failed, 2 outcome not known yet. */
export type SetExitCode = (code: 1 | 2) => void;

/**
 * Something that the user can put right; it is told in both languages and ends the command with 1.
 */
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
