/**
 * What a response code (field 39) says about the money. Only certain codes are listed as approved or
 * declined; every other one means that the host is not sure, and the sale is reversed. Source: UnionPay POS
 * response codes as public terminal sources list them.
 */
export type Verdict = 'approved' | 'declined' | 'unsure';

/** 11 is the VIP form of 00; A2, A4, A5, A6 are successes with a notice. */
const approved = ['00', '11', 'A2', 'A4', 'A5', 'A6'];

/**
 * Refused before anything was posted. Not included, though often treated as declines: 10 (approved for a part
 * of the amount), 94 (repeated: the first may have been posted), 68 and 98 (time-out beyond the host), 90 and
 * 92 (switch closed or cut off), 91 (issuer), 96 (system).
 */
const declined = [
  ...'01 03 04 05 07 12 13 14 15 22 25 30 33 34 35 36 37 38 40 41 42'.split(' '),
  ...'43 45 51 54 55 57 58 59 60 61 62 63 64 65 75 77 79 97 99 A0'.split(' '),
];

const verdicts: ReadonlyMap<string, Verdict> = new Map<string, Verdict>([
  ...approved.map((code) => [code, 'approved'] as const),
  ...declined.map((code) => [code, 'declined'] as const),
]);

/** The verdict on a sale, void, refund or sign-in. */
export function classifyCode(responseCode: string): Verdict {
  return verdicts.get(responseCode) ?? 'unsure';
}

/** 00 done, 12 already undone or never posted, 25 original unknown and refused if it arrives. */
const reversalEnds: ReadonlySet<string> = new Set(['00', '12', '25']);

/** Does this answer finish a reversal? Any other code leaves it open. */
export function endsReversal(responseCode: string): boolean {
  return reversalEnds.has(responseCode);
}
