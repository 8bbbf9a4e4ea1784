import { describe, expect, test } from 'vitest';
import { lines } from '../../../../bench/scoreboard/lines.ts';
import { drawScoreboard, verdictOf } from '../../../../bench/scoreboard/scoreboard.ts';

const samples = (...values: number[]) => values.map((value) => ({ value, broken: [] }));

describe('the scoreboard', () => {
  test('has every line, in the same order, whether it was measured or not', () => {
    const drawn = drawScoreboard({ cpu: { samples: samples(0.2) } });
    expect(drawn.map(({ id }) => id)).toEqual(lines.map(({ id }) => id));
    expect(drawn.filter(({ value }) => value === null)).toHaveLength(lines.length - 1);
    expect(drawn.filter(({ pass }) => pass).map(({ id }) => id)).toEqual(['cpu']);
  });

  test('tells the median with the lowest and the highest', () => {
    const [first] = drawScoreboard({ 'throughput-64': { samples: samples(2.4, 1.1, 2.05) } });
    expect(first).toMatchObject({ value: 2.05, min: 1.1, max: 2.4, pass: true, note: null });
  });

  test('a goal may be a lower or an upper limit', () => {
    const drawn = drawScoreboard({
      'throughput-64': { samples: samples(0.99) },
      'open-half': { samples: samples(49) },
      'open-full': { samples: samples(8.1) },
    });
    const verdict = (id: string) => drawn.find((score) => score.id === id)?.pass;
    expect(['throughput-64', 'open-half', 'open-full'].map(verdict)).toEqual([false, true, false]);
  });

  test('what did not hold beside the value keeps a line from passing', () => {
    const late = { value: 0.97, broken: ['accepted p99 1900 ms > 1000 ms'] };
    const overload = drawScoreboard({ overload: { samples: [late, late] } }).find(
      ({ id }) => id === 'overload',
    );
    expect(overload).toMatchObject({ pass: false, note: `in 2 of 2 rounds: ${late.broken[0]}` });
  });

  test('one round in which the disk stalled does not decide, but is told', () => {
    const stalled = { value: 0.5, broken: ['accepted p99 1900 ms > 1000 ms'] };
    const good = { value: 0.97, broken: [] };
    const drawn = drawScoreboard({ overload: { samples: [good, stalled, good] } });
    expect(drawn.find(({ id }) => id === 'overload')).toMatchObject({
      ...{ pass: true, value: 0.97, min: 0.5 },
      note: 'in 1 of 3 rounds: accepted p99 1900 ms > 1000 ms',
    });
  });

  test('a run that is too short for its goal passes no verdict, however good the value', () => {
    const memory = drawScoreboard({
      memory: { samples: samples(0.1), isShortened: true, note: '2 of 30 minutes: no verdict' },
    }).find(({ id }) => id === 'memory');
    expect(memory).toMatchObject({ value: 0.1, pass: false, isJudged: false });
    expect(memory && verdictOf(memory)).toBe('no verdict');
  });

  test('a line that could not be measured says why', () => {
    const note = 'not at hand: give its SQL with --pgledger FILE';
    const drawn = drawScoreboard({ 'vs-pgledger': { samples: [], note } });
    expect(drawn.find(({ id }) => id === 'vs-pgledger')).toMatchObject({ value: null, note });
  });
});
