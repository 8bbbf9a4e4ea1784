import type { Room } from '../mutant.ts';

const submit = 'terminal-adapter/agent/submit.ts';
const settle = 'terminal-adapter/agent/settle.ts';
const resume = 'terminal-adapter/agent/resume.ts';
const ofSettle = 'tests/unit/terminal-adapter/agent/settle.test.ts';
const ofResume = 'tests/unit/terminal-adapter/agent/resume.test.ts';
const ofClient = 'tests/unit/terminal-adapter/client/engine-client.test.ts';
const ofJournal = 'tests/integration/terminal-adapter/journal/request-journal.test.ts';

export const terminal: Room = {
  title: 'The counter’s memory',
  mutants: [
    {
      name: 'journal-after-sending',
      bug: 'The key goes to disk after the request went out: a terminal that crashes in between sells again.',
      breaks: 'A key is on disk before its request leaves.',
      file: submit,
      from: `journal.markSent(requestKey, clock.now());
  const first = await sendPatiently(deps, submission);`,
      to: `const first = await sendPatiently(deps, submission);
  journal.markSent(requestKey, clock.now());`,
      tests: [ofSettle],
    },
    {
      name: 'unknown-closed-in-the-journal',
      bug: 'A request without an answer is struck off the journal.',
      breaks: 'A key stays open until its outcome is known.',
      file: submit,
      from: "} else if (submitted.kind === 'declined') {\n",
      to: `} else if (submitted.kind === 'unknown') {
    deps.journal.finish(requestKey, { outcome: 'not-done', at });
  } else {
`,
      tests: [ofSettle],
    },
    {
      name: 'lost-connection-called-not-done',
      bug: 'A broken connection is told the cashier as "not done".',
      breaks: 'What may have arrived is unknown.',
      file: 'terminal-adapter/client/transport.ts',
      from: "notSent.has(String(codeOf(error))) ? 'unreachable' : 'unknown'",
      to: "'unreachable'",
      tests: [ofClient],
    },
    {
      name: 'sale-repeated-under-a-new-key',
      bug: 'Each try of a sale makes a key of its own.',
      breaks: 'A repeat has the key and the bytes of the first try.',
      file: settle,
      from: 'send: () => options.client.settle(request),',
      to: 'send: () => options.client.settle({ ...request, requestKey: newRequestKey(options.clock) }),',
      tests: [ofSettle],
    },
    {
      name: 'unknown-shown-as-declined',
      bug: 'The cashier sees "declined" when nobody knows, and collects again.',
      breaks: 'Unknown is never turned into declined.',
      file: settle,
      from: "return { kind: 'unknown', requestKey, ...adviceOf('OUTCOME_UNKNOWN') };",
      to: "return { kind: 'declined', refusal: { code: 'OUTCOME_UNKNOWN' } };",
      tests: [ofSettle],
    },
    {
      name: 'refusal-of-a-repeat-believed',
      bug: 'A repeat that is refused is taken for the outcome of the first try, which may have been approved.',
      breaks: 'After an open send only an enquiry declines.',
      file: submit,
      from: "if (again.kind === 'approved') return settled(again);",
      to: 'if (!isOpen(again)) return settled(again);',
      tests: [ofSettle],
    },
    {
      name: 'never-seen-believed-at-once',
      bug: 'An engine that has not seen the key yet is believed, while the request is still on its way.',
      breaks: '"Never seen" counts only when no copy can arrive any more.',
      file: resume,
      from: "found.kind !== 'absent' || mayStillArrive(journal, entry, found.at)",
      to: "found.kind !== 'absent'",
      tests: [ofResume],
    },
    {
      name: 'stale-is-declined',
      bug: 'A request that one engine calls stale is told as declined, though another has taken a copy of it.',
      breaks: 'A refusal of one copy says nothing of another.',
      file: submit,
      from: "if (result.kind === 'declined') return result.code === 'REQUEST_STALE';\n  ",
      to: '',
      tests: [ofSettle],
    },
    {
      name: 'terminal-believes-its-own-clock',
      bug: 'A key is struck off when the terminal’s own clock says that time is up: it jumps, and a copy arrives.',
      breaks: 'A key is given up on the engine’s word alone.',
      file: resume,
      from: 'mayStillArrive(journal, entry, found.at)',
      to: 'mayStillArrive(journal, entry, at)',
      tests: [ofResume],
    },
    {
      name: 'key-waits-for-a-clock-ahead',
      bug: 'Once the engine’s clock was a day ahead, the terminal waits for a day before it gives a lost key up.',
      breaks: 'What a wrong clock wrote keeps no key open.',
      file: resume,
      from: ' || engineTime < absentSince',
      to: '',
      tests: [ofResume],
    },
    {
      name: 'sent-again-and-not-counted-anew',
      bug: 'A key that was missed for three minutes is given up though its request has just been sent again.',
      breaks: 'A key is given up only when no copy can arrive any more.',
      file: 'terminal-adapter/journal/request-journal.ts',
      from: 'sent_at = ?, absent_since = NULL',
      to: 'sent_at = ?',
      tests: [ofResume],
    },
    {
      name: 'resumed-outcome-not-kept',
      bug: 'What became of an open key is shown and not written down.',
      breaks: 'An outcome that is known is in the journal.',
      file: resume,
      from: 'journal.finish(requestKey, { outcome, code, certificate, at });',
      to: 'journal.find(requestKey);',
      tests: [ofResume],
    },
    {
      name: 'replay-refusal-is-decline',
      bug: 'REQUEST_REPLAYED is shown as a decline, though the copy that came first may have been approved.',
      breaks: 'Only what is certain declines.',
      file: 'terminal-adapter/client/engine-result.ts',
      from: " && code !== 'REQUEST_REPLAYED'",
      to: '',
      tests: [ofClient],
    },
    {
      name: 'silence-resent-to-the-next-engine',
      bug: 'A request that may have arrived is sent to the next engine at once.',
      breaks: 'Nothing is sent twice by itself: a silence is asked about.',
      file: 'terminal-adapter/client/engine-client.ts',
      from: "if (result.kind !== 'unreachable') return followOwner",
      to: 'if (isHeard) return followOwner',
      tests: [ofClient],
    },
    {
      name: 'unsigned-answer-believed',
      bug: 'An answer without a good signature is believed when it says 401.',
      breaks: 'Only what the engine signed for this request counts.',
      file: 'terminal-adapter/client/read-exchange.ts',
      from: 'return key === undefined && status === 401',
      to: 'return status >= 400',
      tests: [ofClient],
    },
    {
      name: 'card-refusal-ignored',
      bug: 'The chip finds the bank’s answer false, and the sale stands.',
      breaks: 'A card that refuses the bank’s answer undoes the sale.',
      file: settle,
      from: 'if (finished.value) return { ...approved, isCardFinished: true };',
      to: 'if (finished.ok) return { ...approved, isCardFinished: finished.value };',
      tests: [ofSettle],
    },
    {
      name: 'open-keys-forgotten',
      bug: 'Cleaning up old keys throws open ones away too.',
      breaks: 'An open key is never forgotten, however old.',
      file: 'terminal-adapter/journal/request-journal.ts',
      from: "DELETE FROM request WHERE state = 'finished' AND prepared_at < ?",
      to: 'DELETE FROM request WHERE prepared_at < ?',
      tests: [ofJournal],
    },
    {
      name: 'key-finished-twice',
      bug: 'A later answer overwrites the outcome of a key.',
      breaks: 'A key is finished once.',
      file: 'terminal-adapter/journal/request-journal.ts',
      from: `finished_at = ?
     WHERE request_key = ? AND state <> 'finished'`,
      to: `finished_at = ?
     WHERE request_key = ?`,
      tests: [ofJournal],
    },
    {
      name: 'journal-without-sync',
      bug: 'The journal is written and not synced: a power cut takes the key and leaves the sale.',
      breaks: 'A key is on disk before its request leaves.',
      file: 'terminal-adapter/journal/request-journal.ts',
      from: 'PRAGMA synchronous = FULL;',
      to: 'PRAGMA synchronous = OFF;',
      tests: [ofJournal],
    },
  ],
};
