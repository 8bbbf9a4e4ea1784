import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';

const closed = { additionalProperties: false } as const;
const Share = Type.Number({ minimum: 0, maximum: 1 });
const Hour = Type.String({ pattern: '^[0-2][0-9]:[0-5][0-9]$' });
const Place = Type.Object(
  {
    share: Share,
    /** Lines of the bill, and in which share of the sales. */
    lines: Type.Record(Type.String({ pattern: '^[1-9][0-9]?$' }), Share),
  },
  closed,
);

/**
 * Who comes when, and what goes wrong. The curve follows publications about outpatient mornings; the
 * shares are
 * assumptions, see engine/docs/performance.md.
 */
const ScenarioSchema = Type.Object(
  {
    name: Type.Object({ zh: Type.String(), en: Type.String() }, closed),
    seed: Type.Integer({ minimum: 0 }),
    opens: Hour,
    closes: Hour,
    /** Share of the busiest moment's rate, by the clock. */
    curve: Type.Array(Type.Tuple([Hour, Share]), { minItems: 2 }),
    places: Type.Object({ 'health-centre': Place, pharmacy: Place }, closed),
    /** Share of the sales that one place of each kind makes. */
    busiestPlaceShare: Share,
    /** Share of the health centres' customers who are insured as residents; the others are employees. */
    residentShare: Share,
    bankShare: Share,
    /** `duplicate`: the request arrives twice. `retry`: the answer came too late for the terminal. */
    trouble: Type.Object(
      { 'wrong-pin': Share, duplicate: Share, retry: Share, refund: Share },
      closed,
    ),
  },
  closed,
);

export type Scenario = Static<typeof ScenarioSchema>;
export type PlaceKind = keyof Scenario['places'];
export type Trouble = keyof Scenario['trouble'];

/** The scenario of that name in this folder. @throws Error with what is wrong in the file */
export function readScenario(name: string): Scenario {
  const path = fileURLToPath(new URL(`./${name}.json`, import.meta.url));
  const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (Value.Check(ScenarioSchema, value)) return value;
  const [first] = Value.Errors(ScenarioSchema, value);
  throw new Error(
    `${name}.json: ${first?.instancePath ?? ''} ${first?.message ?? 'is no scenario'}`,
  );
}

/** Minutes since midnight of "07:30". */
export function minuteOf(hour: string): number {
  const [hours, minutes] = hour.split(':').map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
}
