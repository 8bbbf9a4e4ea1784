import { describe, expect, test } from 'vitest';
import { barChart, lineChart, short } from '../../../../bench/report/svg-chart.ts';

const axes = { title: 'p99 < 5 ms & more', x: 's', y: 'ms' };
const numbersOf = (svg: string, pattern: RegExp) =>
  [...svg.matchAll(pattern)].map(([, value]) => Number(value));

describe('a line chart', () => {
  test('draws higher values higher, later ones further right', () => {
    const svg = lineChart({
      ...axes,
      series: [
        {
          name: 'a',
          points: [
            [0, 1],
            [1, 3],
            [2, 2],
          ],
        },
      ],
    });
    const points = /points="([^"]+)"/
      .exec(svg)?.[1]
      ?.split(' ')
      .map((pair) => pair.split(',').map(Number));
    const [first, second, third] = points ?? [];
    expect(second?.[1]).toBeLessThan(third?.[1] ?? 0);
    expect(third?.[1]).toBeLessThan(first?.[1] ?? 0);
    expect([first?.[0], second?.[0], third?.[0]]).toEqual([64, 344, 624]);
  });

  test('on a logarithmic axis each factor of ten is as high as the other', () => {
    const points = [
      [0, 1],
      [1, 10],
      [2, 100],
    ] as const;
    const svg = lineChart({ ...axes, isLogY: true, series: [{ name: 'a', points }] });
    const ys = numbersOf(svg.slice(svg.indexOf('polyline')), /,([\d.]+)/g).slice(0, 3);
    expect((ys[0] ?? 0) - (ys[1] ?? 0)).toBeCloseTo((ys[1] ?? 0) - (ys[2] ?? 0), 1);
  });

  test('texts cannot break the page, and nothing measured is said to be so', () => {
    const svg = lineChart({ ...axes, series: [] });
    expect(svg).toContain('p99 &lt; 5 ms &amp; more');
    expect(svg).toContain('not measured');
  });
});

test('parts of a bar stand on each other and are as high as their values', () => {
  const parts = [
    { name: 'engine', value: 0.3 },
    { name: 'database', value: 0.1 },
  ];
  const svg = barChart({ title: 'CPU', y: 'core-ms', bars: [{ name: 'round 1', parts }] });
  const heights = numbersOf(svg, /height="([\d.]+)"\/>/g);
  expect((heights[0] ?? 0) / (heights[1] ?? 1)).toBeCloseTo(3, 1);
});

test('figures on axes are short', () => {
  expect([0.3456, 12, 3_400, 34_000, 5_000_000].map(short)).toEqual([
    '0.346',
    '12',
    '3400',
    '34k',
    '5M',
  ]);
});
