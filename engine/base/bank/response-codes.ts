/**
 * What a response code (field 39) says about the money: one table for the bank link, the bank legs, the
 * terminal and the chip. Only certain codes are listed as approved or declined; every other one means that
 * the host is not sure, and the sale is reversed. Source: UnionPay POS response codes as public terminal
 * sources list them.
 */
export type Verdict = 'approved' | 'declined' | 'unsure';

/**
 * 11 is the VIP form of 00, 16 asks a terminal with a magnetic stripe to rewrite track 3; A2, A4, A5, A6 are
 * successes with a notice ("ask the issuer").
 */
export const approvalCodes = ['00', '11', '16', 'A2', 'A4', 'A5', 'A6'] as const;

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
  ...approvalCodes.map((code) => [code, 'approved'] as const),
  ...declined.map((code) => [code, 'declined'] as const),
]);

/** The verdict on a sale, void, refund or sign-in. */
export function classifyCode(responseCode: string): Verdict {
  return verdicts.get(responseCode) ?? 'unsure';
}

/** Is it an approval? The chip is then asked for its own (TC) in the second GENERATE AC. */
export function isApprovalCode(responseCode: string): boolean {
  return classifyCode(responseCode) === 'approved';
}

/** Beside an approval: 12 already undone or never posted, 25 original unknown and refused if it arrives. */
const reversalEnds: ReadonlySet<string> = new Set(['12', '25']);

/** Does this answer finish a reversal? Any other code leaves it open. */
export function endsReversal(responseCode: string): boolean {
  return isApprovalCode(responseCode) || reversalEnds.has(responseCode);
}
