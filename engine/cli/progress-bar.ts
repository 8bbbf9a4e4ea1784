import { Presets, SingleBar } from 'cli-progress';

/** A bar on stderr that shows how far a long piece of work is; nothing when nobody watches. */
export type ProgressBar = {
  update(done: number, total: number): void;
  stop(): void;
};

/** @param title in both languages, "读取 / reading" */
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
