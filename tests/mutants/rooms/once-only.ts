import type { Room } from '../mutant.ts';

const answers = 'engine/domain/request/answers.ts';
const requestKeys = 'tests/unit/engine/domain/settlement/request-keys.test.ts';
const fingerprint = 'tests/unit/engine/http/request-fingerprint.test.ts';

export const onceOnly: Room = {
  title: 'One key, one effect, one answer',
  mutants: [
    {
      name: 'key-without-body',
      bug: 'The fingerprint of a request leaves its body out: a corrected bill under an old key gets the old answer.',
      breaks: 'The same key with other bytes is refused.',
      file: 'engine/http/request-fingerprint.ts',
      from: '.update(request.rawBody)',
      to: ".update('')",
      tests: [fingerprint],
    },
    {
      name: 'key-without-path',
      bug: 'The fingerprint leaves the path out: refunds of two settlements are taken for one request.',
      breaks: 'The same key for another settlement is refused.',
      file: 'engine/http/request-fingerprint.ts',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text
      from: '${request.method} ${request.path}',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text
      to: '${request.method}',
      tests: [fingerprint],
    },
    {
      name: 'other-bytes-accepted',
      bug: 'A repeated key is looked up, but its bytes are not compared.',
      breaks: 'The same key with other bytes is refused.',
      file: answers,
      from: 'isOther || record.fingerprint !== request.fingerprint',
      to: 'isOther',
      tests: [requestKeys],
    },
    {
      name: 'key-without-card',
      bug: 'A request key counts for the terminal alone: a second card is answered with the sale of the first.',
      breaks: 'A key belongs to one terminal and one card.',
      file: answers,
      from: 'known.cardId === cardId,',
      to: 'true,',
      tests: [requestKeys],
    },
    {
      name: 'key-without-terminal',
      bug: 'A request key counts for all terminals: who picks the same text gets an answer of somebody else.',
      breaks: 'A key belongs to one terminal and one card.',
      file: answers,
      from: `      known.terminalId === request.terminalId &&
`,
      to: '',
      tests: [requestKeys],
    },
    {
      name: 'stored-key-without-card',
      bug: 'The batch keeps one record for a terminal and key, whatever the card.',
      breaks: 'A key belongs to one terminal and one card.',
      file: 'engine/store/batch/person-state.ts',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text
      from: '${row.requestKey}/${row.cardId}',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is source text
      to: '${row.requestKey}',
      tests: ['tests/integration/engine/store/two-cards.test.ts'],
    },
    {
      name: 'refund-key-for-any-settlement',
      bug: 'A full refund holds nothing but its key: the answer of one settlement is given for another.',
      breaks: 'The same key for another settlement is refused.',
      file: answers,
      from: 'settlementId !== undefined && record.settlementId !== settlementId',
      to: 'false',
      tests: [requestKeys],
    },
    {
      name: 'answer-made-anew',
      bug: 'A repeat is answered with a document that is made again, not with the bytes that were stored.',
      breaks: 'The same key and the same bytes give the same answer, byte for byte.',
      file: answers,
      from: 'return { answer: record.answer, isReplay: true, writes: undefined };',
      to: `return {
      answer: { ...record.answer, body: JSON.stringify(JSON.parse(record.answer.body), null, 1) },
      isReplay: true,
      writes: undefined,
    };`,
      tests: [requestKeys],
      seeds: 100,
    },
    {
      name: 'running-key-runs-again',
      bug: 'A key whose sale still waits for the bank is taken for a new one, and the card is charged twice.',
      breaks: 'One key has one settlement.',
      file: answers,
      from: "return readOnly(declinedAnswer('KEY_IN_PROGRESS', { requestKey }));",
      to: 'return undefined;',
      tests: [requestKeys],
      seeds: 100,
    },
    {
      name: 'running-key-called-declined',
      bug: 'Whoever asks while the bank is still being asked is told that nothing was charged.',
      breaks: 'Unknown is never turned into declined.',
      file: answers,
      from: "errorRegistry[code].money === 'unknown' ? 'unknown' : 'declined'",
      to: "'declined'",
      tests: [requestKeys],
    },
    {
      name: 'refusal-forgets-its-key',
      bug: 'A refusal is answered but not stored: a repeat of a lost answer is a second try of the PIN.',
      breaks: 'A refusal is stored with its key.',
      file: 'engine/domain/settlement/settle-bill.ts',
      from: '{ card, request: requestRecord(command, undefined, answer) }',
      to: '{ card }',
      tests: [requestKeys],
    },
    {
      name: 'outcome-unknown-called-unavailable',
      bug: 'A commit whose answer was lost is reported as "not done, try again later".',
      breaks: 'Unknown is never turned into declined.',
      file: 'engine/flows/execute-command.ts',
      from: "declinedAnswer('OUTCOME_NOT_KNOWN_YET', { requestKey });",
      to: "declinedAnswer('UNAVAILABLE', { requestKey });",
      tests: ['tests/unit/engine/flows/execute-command.test.ts'],
    },
  ],
};
