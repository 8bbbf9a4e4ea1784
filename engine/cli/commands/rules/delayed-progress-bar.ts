import { openProgressBar, type ProgressBar } from '../../progress-bar.ts';

/** Delay before the bar appears, ms. */
const DELAY_MS = 1000;

/** A progress bar that appears only when the work takes longer than a second. */
export function openDelayedProgressBar(title: string): ProgressBar {
  const bar = openProgressBar(title);
  const startedAt = performance.now();
  return {
    update(done, total) {
      if (performance.now() - startedAt > DELAY_MS) bar.update(done, total);
    },
    stop: () => bar.stop(),
  };
}
