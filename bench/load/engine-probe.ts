/**
 * Runs in the engine's process, where `node --import` loads it before the engine. It records what can delay
 * an answer there: garbage collections, batches, and delays of the event loop. Its memory is fixed and it
 * adds
 * one timer, so that it does not change what is measured. The benchmark asks for the figures over IPC.
 */
import { subscribe } from 'node:diagnostics_channel';
import {
  constants,
  createHistogram,
  monitorEventLoopDelay,
  type NodeGCPerformanceDetail,
  type PerformanceEntry,
  PerformanceObserver,
} from 'node:perf_hooks';
import { type Durations, durationsOf, toNanoseconds } from './durations.ts';

/** What delayed answers in the engine's process since the last question; ms. */
export type EngineDelays = {
  /** Collections of the young generation; the event loop stands still meanwhile. */
  readonly scavenges: Durations;
  /** Collections of the old generation: the part for which the event loop stands still. */
  readonly markCompacts: Durations;
  /** Batches of the store, from their start to the end of their commit. */
  readonly batches: Durations;
  /** How late a timer came, as all events of the loop did. */
  readonly loopDelays: Durations;
};

/** The engine's own monitor has the same resolution, ms. A finer one would keep an idle engine awake. */
const LOOP_RESOLUTION_MS = 20;

const scavenges = createHistogram();
const markCompacts = createHistogram();
const batches = createHistogram();
const loopDelays = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
loopDelays.enable();

type GcEntry = PerformanceEntry & { readonly detail: NodeGCPerformanceDetail };

new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    const { duration, detail } = entry as GcEntry;
    const { kind } = detail;
    if (kind === constants.NODE_PERFORMANCE_GC_MINOR) scavenges.record(toNanoseconds(duration));
    if (kind === constants.NODE_PERFORMANCE_GC_MAJOR) markCompacts.record(toNanoseconds(duration));
  }
}).observe({ entryTypes: ['gc'] });

subscribe('yikatong:batch', (batch) => {
  const { ms } = batch as { readonly ms: number };
  batches.record(toNanoseconds(ms));
});

// Processes that the engine forks inherit these flags, and would load this module too.
const flag = process.execArgv.indexOf('--import');
if (flag >= 0) process.execArgv.splice(flag, 2);

process.on('message', () => {
  const delays: EngineDelays = {
    scavenges: durationsOf(scavenges),
    markCompacts: durationsOf(markCompacts),
    batches: durationsOf(batches),
    loopDelays: durationsOf(loopDelays, LOOP_RESOLUTION_MS),
  };
  for (const histogram of [scavenges, markCompacts, batches, loopDelays]) histogram.reset();
  process.send?.(delays);
});
// The channel must not keep an engine alive that has stopped.
process.channel?.unref();
