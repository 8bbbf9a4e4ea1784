import { Presets, SingleBar } from 'cli-progress';

/** Shows how far a run is: a bar where somebody watches, else a line for each step. */
export type Progress = {
  /** A step begins. */
  step(title: string): void;
  stop(): void;
};

/** @param steps how many steps there will be */
export function openProgress(steps: number): Progress {
  if (!process.stderr.isTTY) {
    return { step: (title) => process.stderr.write(`${title} …\n`), stop: () => undefined };
  }
  const format = '{bar} {value}/{total}  {title}';
  const bar = new SingleBar({ format, stream: process.stderr, hideCursor: true }, Presets.legacy);
  let done = -1;
  return {
    step(title) {
      done += 1;
      if (done === 0) bar.start(steps, 0, { title });
      else bar.update(done, { title });
    },
    stop() {
      bar.update(steps, { title: '' });
      bar.stop();
    },
  };
}
