import { openProgressBar, type ProgressBar } from '../../progress-bar.ts';

/** Work that is done within this time (ms) shows no bar. */
const DELAY_MS = 1000;

/** A progress bar that appears only once the work has taken a while. */
export function openDelayedProgressBar(title: string): ProgressBar {
  const bar = openProgressBar(title);
  const begun = performance.now();
  return {
    update(done, total) {
      if (performance.now() - begun > DELAY_MS) bar.update(done, total);
    },
    stop: () => bar.stop(),
  };
}
