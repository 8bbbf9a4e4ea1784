/** What the auditor holds against a run. */
export type ViolationKind = 'lost' | 'doubled' | 'one-sided' | 'broken';

export type Violation = {
  /** lost: acknowledged and not there. doubled: charged twice. one-sided: one side has it, the other not. */
  readonly kind: ViolationKind;
  readonly text: string;
};

export type Findings = {
  readonly all: Violation[];
  add(kind: ViolationKind, text: string): void;
};

/** The same thing is told once. */
export function createFindings(onFound: (text: string) => void): Findings {
  const texts = new Set<string>();
  const all: Violation[] = [];
  return {
    all,
    add(kind, text) {
      if (texts.has(text)) return;
      texts.add(text);
      all.push({ kind, text });
      onFound(`VIOLATION ${kind}: ${text}`);
    },
  };
}
