/** Everything that a terminal computes, worked once with keys that are public: `terminal-vectors.json`. */
import { cardVectors } from './card-vectors.ts';
import { bankPinVector, medicalPinVector } from './pin-vectors.ts';
import { answers, requests, sessionKeys, terminalKeys } from './signature-vectors.ts';

export async function terminalVectors() {
  return {
    terminal: terminalKeys,
    sessionKeys,
    requests,
    answers,
    medicalPin: medicalPinVector(),
    bankPin: bankPinVector(),
    card: await cardVectors(),
  };
}

export type TerminalVectors = Awaited<ReturnType<typeof terminalVectors>>;
