import type { Command } from '../domain/commands.ts';
import type { Answer, ToldAnswer } from '../domain/request/answer.ts';
import { declinedAnswer } from '../domain/request/answer.ts';
import type { RenderedAnswer } from '../domain/request/request-record.ts';
import type { Executed, ExecuteFailure } from '../ports/store.ts';
import type { FlowDeps } from './deps.ts';

/** The answer to a request: with its bytes if the store has rendered it. */
export type Answered = (
  | { readonly answer: ToldAnswer; readonly rendered: RenderedAnswer }
  | { readonly answer: Answer; readonly rendered?: undefined }
) & {
  /** The answer was given before, to the same key and the same bytes. */
  readonly isReplay: boolean;
  /** For BUSY and KEY_IN_PROGRESS: when to try again, ms. */
  readonly retryAfterMs?: number;
};

/** Retry interval for a key that is still running, ms; a bank usually answers within a few of them. */
const RUNNING_RETRY_MS = 2_000;

/** Executes a command. A failure of the store becomes an answer that says whether money may have moved. */
export async function execute(
  deps: { readonly store: Pick<FlowDeps['store'], 'execute'> },
  command: Command,
  requestKey: string,
): Promise<Answered & { readonly writes: Executed['writes'] }> {
  const result = await deps.store.execute(command);
  if (result.ok) {
    const { answer, rendered, writes } = result.value;
    const isReplay = answer.kind === 'stored';
    const isRunning = answer.code === 'KEY_IN_PROGRESS';
    return {
      answer,
      rendered,
      isReplay,
      writes,
      ...(isRunning && { retryAfterMs: RUNNING_RETRY_MS }),
    };
  }
  return { ...failureAnswer(result.error, requestKey), writes: undefined };
}

function failureAnswer(failure: ExecuteFailure, requestKey: string): Answered {
  switch (failure.kind) {
    case 'busy':
      return {
        answer: declinedAnswer('BUSY', { requestKey }),
        isReplay: false,
        retryAfterMs: failure.retryAfterMs,
      };
    case 'unavailable':
      return { answer: declinedAnswer('UNAVAILABLE', { requestKey }), isReplay: false };
    case 'outcome-unknown': {
      const answer = declinedAnswer('OUTCOME_NOT_KNOWN_YET', { requestKey });
      return { answer: { ...answer, outcome: 'unknown' }, isReplay: false };
    }
  }
}
