/**
 * Sets of places in a statement that hold the same value; a parameter or a constant ("given …") is a place
 * too. A set that has one is pinned to it.
 */
export function createSameValues() {
  const parents = new Map<string, string>();
  const of = (place: string): string => {
    const parent = parents.get(place);
    return parent === undefined ? place : of(parent);
  };
  return {
    of,
    join(a: string, b: string): void {
      if (of(a) !== of(b)) parents.set(of(a), of(b));
    },
    isPinned: (place: string) =>
      [...parents.keys(), ...parents.values()].some(
        (other) => other.startsWith('given') && of(other) === of(place),
      ),
  };
}
