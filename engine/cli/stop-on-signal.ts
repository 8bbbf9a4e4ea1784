/**
 * How long (ms) a stop may take before the process ends anyway; a restart finishes what was open.
 */
const STOP_MS = 30_000;

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The watch over a process that serves. */
export type SignalWatch = {
  /** A signal or an error has come: the process ends by itself when the stop is done. */
  isStopping(): boolean;
  uninstall(): void;
};

/**
 * Stops once, at the first signal or error that nobody caught, and then ends the process: with 0
 * after a signal, with 1 after an error or a stop that hangs. Whatever comes later changes nothing:
 * one Ctrl-C under npm arrives twice, from the terminal and from npm, and a second one that ended the
 * process at once would leave the database server behind.
 * @param stop gets what was thrown, undefined after a signal
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
