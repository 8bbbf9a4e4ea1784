import type { EngineModule } from './load-engine.ts';

/** What a command may touch of the outside. */
export type CliContext = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** One line on stdout. */
  readonly print: (line: string) => void;
  /** One line on stderr. */
  readonly printError: (line: string) => void;
  readonly loadMain: () => Promise<EngineModule>;
};

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
