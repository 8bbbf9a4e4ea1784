/** Time limit of a stop, ms; then the process ends anyway, and a restart finishes what was open. */
const STOP_MS = 30_000;

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The signal handlers of a serving process. */
export type SignalWatch = {
  /** A signal or error has arrived: the process ends when the stop is finished. */
  isStopping(): boolean;
  uninstall(): void;
};

/**
 * Stops at the first signal or uncaught error and then ends the process: with 0 after a signal, with 1
 * after an error or a stop that hangs. Later signals are ignored: under npm one Ctrl-C arrives twice, and
 * ending at once would leave the database server running.
 * @param stop receives the error; undefined after a signal
 */
export function stopOnSignal(stop: (thrown: unknown) => Promise<void>): SignalWatch {
  let isStopping = false;
  const end = (exitCode: 0 | 1, thrown: unknown): void => {
    if (isStopping) return;
    isStopping = true;
    setTimeout(() => process.exit(1), STOP_MS);
    stop(thrown).then(
      () => process.exit(exitCode),
      () => process.exit(1),
    );
  };
  const onSignal = (): void => end(0, undefined);
  const onError = (error: unknown): void => end(1, error ?? new Error('nothing was thrown'));
  for (const name of signals) process.on(name, onSignal);
  process.on('uncaughtException', onError);
  process.on('unhandledRejection', onError);
  return {
    isStopping: () => isStopping,
    uninstall: () => {
      for (const name of signals) process.off(name, onSignal);
      process.off('uncaughtException', onError);
      process.off('unhandledRejection', onError);
    },
  };
}
