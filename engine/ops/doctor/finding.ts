/** What the doctor looks at, in this order. */
export type Subject =
  | 'database'
  | 'migrations'
  | 'clock'
  | 'roles'
  | 'months'
  | 'keys'
  | 'bank-keys'
  | 'memory'
  | 'packs'
  | 'lists'
  | 'backlog'
  | 'bank'
  | 'disk';

/**
 * `ok`: nothing to do. `advice`: it works, and could be better. `fault`: something must be done. `skipped`:
 * it could not be looked at, because of an earlier fault.
 */
export type FindingState = 'ok' | 'advice' | 'fault' | 'skipped';

/** What was found about a subject and, unless all is well, what to do; a line in each language. */
export type Finding = {
  readonly subject: Subject;
  readonly state: FindingState;
  readonly zh: string;
  readonly en: string;
};

type Text = { readonly zh: string; readonly en: string };

export function finding(subject: Subject, state: FindingState, { zh, en }: Text): Finding {
  return { subject, state, zh, en };
}

/** A subject that hangs on another one, which has a fault. */
export function skipped(subject: Subject): Finding {
  return finding(subject, 'skipped', {
    zh: '未检查：请先处理上面的问题',
    en: 'not looked at: mend what stands above first',
  });
}
