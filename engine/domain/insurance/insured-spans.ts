import type { InsuredSpan } from '../person/insured-span.ts';
import type { Person } from '../person/person.ts';

/**
 * The person as insured on a day, once for each scheme in force, the one that comes first at the counter
 * first. A person without relations on record is insured as the register says, on every day. Nobody is
 * insured whom the office has suspended by hand.
 * @param day of the service, "2026-11-30"
 * @returns empty: not insured on that day
 */
export function insuredOn(person: Person, day: string): readonly Person[] {
  if (!person.insured) return [];
  const { insuredSpans } = person;
  if (insuredSpans === undefined) return [person];
  return insuredSpans
    .filter((span) => isWithin(span, day))
    .map(({ region, scheme, personType }) => ({ ...person, region, scheme, personType }));
}

/** As `insuredOn`, the first scheme alone; `insured` is false when there is none. */
export function standingOn(person: Person, day: string): Person {
  const [first] = insuredOn(person, day);
  if (first !== undefined) return first;
  return person.insured ? { ...person, insured: false } : person;
}

/** Days sort as text. */
function isWithin({ from, until }: InsuredSpan, day: string): boolean {
  return from <= day && (until === undefined || day <= until);
}

/**
 * Schemes in the order in which they come before each other at a counter when a person has several: care
 * of retired veterans and disabled soldiers, employees, others, residents. Whatever is not named comes
 * last, as the maternity insurance, which pays what no other pack is for.
 */
const schemeOrder: readonly string[] = [
  ...['340', '360', '350', '310', '399', '390', '391', '392', '380'],
];

/** Sorts spans as they come before each other, the later one of a scheme first. */
export function inOrder(spans: readonly InsuredSpan[]): readonly InsuredSpan[] {
  return spans.toSorted(
    (one, other) =>
      placeOf(one.scheme) - placeOf(other.scheme) ||
      compare(one.scheme, other.scheme) ||
      compare(other.from, one.from) ||
      compare(one.region, other.region),
  );
}

function placeOf(scheme: string): number {
  const place = schemeOrder.indexOf(scheme);
  return place < 0 ? schemeOrder.length : place;
}

function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
