/** How often a PIN was compared since the last right one or the last unlock: at most three times wrongly. */

import type { Command } from '../../../engine/domain/commands.ts';
import type { RenderedDecision } from '../../../engine/render/render-answer.ts';
import { verifierOf } from '../../support/flows/test-keys.ts';
import { PIN } from '../world/people.ts';
import type { Findings } from './findings.ts';

export type PinWatch = {
  unlocked(cardId: string): void;
  committed(command: Command, decision: RenderedDecision): void;
};

const RIGHT = verifierOf(PIN);

export function watchPins(findings: Findings): PinWatch {
  const wrong = new Map<string, number>();
  return {
    unlocked: (cardId) => wrong.set(cardId, 0),
    committed(command, { answer, rendered }) {
      if (command.type !== 'settle-bill' || answer.kind === 'stored') return;
      const tries = wrong.get(command.cardId) ?? 0;
      const { code, outcome, body } = rendered;
      const isRight = command.pin.kind === 'verifier' && command.pin.verifier === RIGHT;
      const saysWrong =
        code === 'PIN_WRONG' || (code === 'PIN_LOCKED' && body.includes('tries left'));
      if (saysWrong) {
        wrong.set(command.cardId, tries + 1);
        if (isRight) findings.add('broken', 'a right PIN was called wrong');
        if (tries >= 3) findings.add('broken', 'a PIN was compared a fourth time');
        return;
      }
      const saysRight =
        outcome === 'approved' || code === 'BANK_OUTCOME_UNKNOWN' || code === 'QUOTE_CHANGED';
      if (!saysRight) return;
      if (!isRight || tries >= 3)
        findings.add('broken', 'a sale without the right PIN of an open card');
      wrong.set(command.cardId, 0);
    },
  };
}
