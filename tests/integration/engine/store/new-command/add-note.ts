/** A command that only tests know: all of it, in one module. */
import type { PersonKey } from '../../../../../engine/base/ids/ids.ts';
import type { CommandKind, PersonCommand } from '../../../../../engine/domain/command.ts';
import { withoutWrites, withWrites } from '../../../../../engine/domain/decision.ts';
import { declinedAnswer } from '../../../../../engine/domain/request/answer.ts';

export type Note = { readonly key: PersonKey; readonly noteNo: number; readonly text: string };

declare module '../../../../../engine/domain/decision.ts' {
  interface Facts {
    readonly notes?: readonly Note[];
  }
  interface Writes {
    readonly note?: Note;
  }
}

export type AddNote = PersonCommand & { readonly type: 'add-note'; readonly text: string };

/** Notes are numbered for each person; the same text again is the same note. */
export const addNote: CommandKind<AddNote> = {
  type: 'add-note',
  startsWork: true,
  needs: ({ key }) => ({ key, cardId: undefined, settlementId: undefined, request: undefined }),
  decide({ key, text }, { person, notes = [] }) {
    const answer = declinedAnswer('REQUEST_INVALID', { detail: `${notes.length} notes` });
    const isKnown = notes.some((note) => note.text === text);
    if (person === undefined || isKnown) return withoutWrites(answer);
    return withWrites(answer, { note: { key, noteNo: notes.length + 1, text } });
  },
};
