import { invariant } from '../../base/errors/result.ts';
import type { InsuredSpan } from '../../domain/person/insured-span.ts';

const NO_END = '-';

/** "441900 310 11 2020-01-01 -": as a person's row holds a span; none of its parts has a space. */
export function spanText({ region, scheme, personType, from, until }: InsuredSpan): string {
  return [region, scheme, personType, from, until ?? NO_END].join(' ');
}

/** @throws InvariantViolation for another text */
export function parseSpan(text: string): InsuredSpan {
  const [region, scheme, personType, from, until] = text.split(' ');
  invariant(
    region !== undefined &&
      scheme !== undefined &&
      personType !== undefined &&
      from !== undefined &&
      until !== undefined,
    'a span has five parts',
  );
  return { region, scheme, personType, from, until: until === NO_END ? undefined : until };
}
