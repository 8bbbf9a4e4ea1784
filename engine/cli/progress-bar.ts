import { Presets, SingleBar } from 'cli-progress';

/** A progress bar on stderr; shows nothing when stderr is not a terminal. */
export type ProgressBar = {
  update(done: number, total: number): void;
  stop(): void;
};

/** Creates a progress bar. @param title in both languages, "读取 / reading" */
export function openProgressBar(title: string): ProgressBar {
  const format = `${title} {bar} {percentage}%`;
  const options = { format, stream: process.stderr, noTTYOutput: false, hideCursor: true };
  const bar = new SingleBar(options, Presets.legacy);
  let isStarted = false;
  return {
    update(done, total) {
      if (!isStarted) bar.start(total, done);
      isStarted = true;
      bar.setTotal(total);
      bar.update(done);
    },
    stop: () => bar.stop(),
  };
}
