/**
 * Every point at which a flow can be broken on purpose, in the order in which a flow comes by. A name is
 * `flow.step.place`: `before` the step, `sent` (a message is on its way or a write is at the database, and
 * nobody has heard of it), `after` it. Each sentence says what has happened there and what has not.
 */
export const failpointNames = {
  'http.terminal.before': 'A request has arrived. Nothing of it has been checked.',
  'http.terminal.after': 'The terminal is read; the signature is not verified yet.',
  'http.institution.before':
    'The signature is good and its nonce is spent; the place is not read yet.',
  'http.institution.after': 'The caller is known; the body is not read yet.',

  'sign-in.request.before': 'A sign-in was verified. Nothing has been done.',
  'sign-in.session.before': 'New session keys exist in memory only; the old ones are in force.',
  'sign-in.session.after': 'The new session keys are in force; the terminal does not have them.',
  'sign-in.bank-number.before': 'The sign-in at the bank has no number yet.',
  'sign-in.bank-number.after': 'The sign-in at the bank has its number; the bank was not asked.',
  'sign-in.trace.before': 'The bank was not asked for keys; there is no trace number for that yet.',
  'sign-in.trace.after': 'A trace number is taken, and lost if the flow ends here.',
  'sign-in.bank.before': 'The bank was not asked for keys.',
  'sign-in.bank.sent': 'The bank may have made new keys; nobody has heard of them.',
  'sign-in.bank.after': 'The new bank keys exist in memory only.',
  'sign-in.bank-keys.before': 'The new bank keys are not stored.',
  'sign-in.bank-keys.after': 'The new bank keys are stored; the terminal does not have them.',
  'sign-in.request.after': 'Everything of the sign-in is done; the answer has not left.',

  'challenge.request.before': 'A request for a challenge was verified. There is no challenge yet.',
  'challenge.owner.before':
    'The challenge is made; whose card it is was not looked up, and nobody waits for it.',
  'challenge.owner.after': 'The owner of the card is remembered for the sale.',
  'challenge.request.after': 'The challenge is made, and stored nowhere; the answer has not left.',

  'quote.request.before': 'A request for a quote was verified. Nothing has been read.',
  'quote.owner.before': 'Card and bill have the right form; whose card it is was not looked up.',
  'quote.owner.after': 'The owner of the card is known; nothing else was read.',
  'quote.facts.before': 'The facts of the person are not read.',
  'quote.facts.after': 'The facts are read; nothing is computed.',
  'quote.request.after': 'The quote is computed, and stored nowhere; the answer has not left.',

  'settle.request.before':
    'A sale was verified and its body has the right form. Nothing has been done.',
  'settle.owner.before': 'Whose card it is was not looked up; no PIN try is spent.',
  'settle.owner.after': 'The owner of the card is known; no PIN try is spent.',
  'settle.trace.before': 'The bill is read; the bank part has no trace number.',
  'settle.trace.after': 'A trace number is taken, and lost if the flow ends here.',
  'settle.commit.before':
    'Proofs of chip and PIN and the command are ready. The key was not looked up and nothing is stored.',
  'settle.commit.after':
    'Key, PIN try, settlement and, with a bank part, its intent are durable. Nobody was told; the bank was not asked.',
  'settle.sale.before': 'The intent of the bank part is durable; the bank was not asked.',
  'settle.sale.sent': 'The debit may be on its way; no answer has been heard.',
  'settle.sale.after': 'The bank has answered (or the time limit is over), in memory only.',
  'settle.confirm.before': 'The bank has debited; the sale is still a reservation.',
  'settle.confirm.after': 'The sale with its bank part is posted; nobody was told.',
  'settle.release.before': 'The bank has refused; the reservation still stands.',
  'settle.release.after': 'The reservation is released; nobody was told.',
  'settle.silent.before': 'The outcome at the bank is unknown; the reservation still stands.',
  'settle.silent.after': 'The reversal of the debit is durable; nothing of it was sent.',
  'settle.request.after': 'The sale has its answer, final or unknown; it has not left.',

  'refund.request.before': 'A refund was verified. Nothing has been done.',
  'refund.settlement.before': 'The sale that is given back was not read.',
  'refund.settlement.after': 'The sale is read; nothing is decided.',
  'refund.terminal.before': 'The terminal of the sale was not read.',
  'refund.terminal.after': 'The terminal of the sale is read; nothing is decided.',
  'refund.trace.before': 'The refund has no trace number.',
  'refund.trace.after': 'A trace number is taken, and lost if the flow ends here.',
  'refund.commit.before': 'The command is ready. The key was not looked up and nothing is stored.',
  'refund.commit.after':
    'Key and refund are durable; a cash refund is posted, a bank part is an intent. Nobody was told.',
  'refund.void.before': 'The intent of the void is durable; the bank was not asked.',
  'refund.void.sent': 'The void may be on its way; no answer has been heard.',
  'refund.void.after': 'The bank has answered the void, in memory only.',
  'refund.refund.before':
    'The intent of the refund at the bank is durable; the bank was not asked.',
  'refund.refund.sent': 'The refund may be on its way to the bank; no answer has been heard.',
  'refund.refund.after': 'The bank has answered the refund, in memory only.',
  'refund.finish.before': 'The bank has given back, or refused to; the refund is still running.',
  'refund.finish.after': 'The refund is final; nobody was told.',
  'refund.silent.before': 'The outcome at the bank is unknown; the refund is still running.',
  'refund.silent.after':
    'The repetition (of a void: the reversal) is durable; nothing of it was sent.',
  'refund.request.after': 'The refund has its answer, final or unknown; it has not left.',

  'read.request.before': 'A terminal wants to read a settlement.',
  'read.settlement.before': 'The settlement was not read.',
  'read.settlement.after': 'The settlement is read as it stood.',
  'read.request.after': 'The document is made; the answer has not left.',

  'enquire.request.before': 'A terminal that lost an answer asks by its key.',
  'enquire.requests.before': 'The key was not looked up.',
  'enquire.requests.after': 'The records of the key are read as they stood.',
  'enquire.request.after': 'The answer to the enquiry is made; it has not left.',

  'job.due.before': 'The job has woken up; it does not know what is due.',
  'job.due.after': 'The bank legs that are due are known; nothing was done for them.',
  'job.claim.before': 'The job has taken up a leg; another engine may do the same.',
  'job.claim.after':
    'The leg is claimed for a while; nobody else works on it, and nothing was sent.',
  'job.silent.before': 'The job met a leg whose engine died; it is still in its first state.',
  'job.silent.after':
    'What ends the leg (reversal, or the refund again) is durable; nothing was sent.',
  'job.settlement.before': 'The leg is claimed; its settlement was not read.',
  'job.settlement.after': 'The settlement of the leg is read.',
  'job.terminal.before': 'The terminal of the leg was not read.',
  'job.terminal.after': 'The terminal of the leg is read; nothing was sent.',
  'job.reverse.before': 'The reversal is due and was not sent this time.',
  'job.reverse.sent': 'The reversal may be on its way; no answer has been heard.',
  'job.reverse.after': 'The bank has answered the reversal, in memory only.',
  'job.reversed.before':
    'The bank has reversed (or has nothing to reverse); the leg is still open.',
  'job.reversed.after': 'The leg is reversed and the settlement released, or the void taken back.',
  'job.refund.before': 'The repetition of a refund is due and was not sent this time.',
  'job.refund.sent': 'The repeated refund may be on its way; no answer has been heard.',
  'job.refund.after': 'The bank has answered the repeated refund, in memory only.',
  'job.finish.before': 'The bank has answered the repeated refund; the refund is still running.',
  'job.finish.after': 'The repeated refund is final.',
  'job.touch.before': 'The bank gave no answer that ends the leg; the next attempt is not set.',
  'job.touch.after': 'The next attempt is set.',
  'job.bank-number.before': 'The bank refuses the keys of a leg; new ones were not asked for.',
  'job.bank-number.after':
    'The sign-in for new keys has its number, and nobody else begins one for a while; the bank was not asked.',
  'job.trace.before': 'The bank was not asked for new keys; there is no trace number for that yet.',
  'job.trace.after': 'A trace number is taken, and lost if the job ends here.',
  'job.bank.before': 'The bank was not asked for new keys.',
  'job.bank.sent': 'The bank may have made new keys; nobody has heard of them.',
  'job.bank.after': 'The new bank keys exist in memory only.',
  'job.bank-keys.before': 'The new bank keys are not stored.',
  'job.bank-keys.after': 'The new bank keys are stored; the next attempt uses them.',

  'late.approval.before':
    'The bank has approved what was given up; that its reversal begins again is not stored.',
  'late.approval.after':
    'The reversal of what was approved too late is durable; nothing of it was sent.',

  'batch.read.before': 'Commands wait in memory; no transaction has begun.',
  'batch.read.after': 'Keys and facts are read; nothing is decided.',
  'batch.write.before': 'Everything is decided, in memory only.',
  'batch.write.sent': 'Write and commit are at the database; whether they happened is not known.',
  'batch.write.after': 'The batch is committed; nobody of it was told.',

  'packs.revisions.before': 'The engine is about to look whether packs or catalogues changed.',
  'packs.revisions.after': 'What changed is known; nothing of it was taken in.',
  'packs.list.before': 'The list of activated packs was not read.',
  'packs.list.after': 'The list of activated packs is read; new ones are not.',
  'packs.pack.before': 'A new pack was not read.',
  'packs.pack.after': 'A new pack is read, not compiled; the policy in force is the old one.',
  'packs.catalogues.before': 'The list of imported catalogues was not read.',
  'packs.catalogues.after': 'The list is read; the catalogues in force are the old ones.',
  'packs.header.before': 'The header of a new catalogue was not read.',
  'packs.header.after': 'The header of a new catalogue is read; none of its items is.',
  'packs.items.before': 'A page of a new catalogue was not read.',
  'packs.items.after': 'A page of a new catalogue is read; the catalogue in force is the old one.',

  'activate.list.before': 'Packs are about to be checked; what is on record was not read.',
  'activate.list.after': 'What is on record is read; nothing is checked.',
  'activate.add.before': 'The packs are right; none is on record.',
  'activate.add.after': 'All packs are on record; whoever ordered it was not told.',

  'import.begin.before': 'A catalogue was read from its files; nothing is stored.',
  'import.begin.after': 'An unseen version exists, without items.',
  'import.items.before': 'A part of the items is missing from the unseen version.',
  'import.items.after': 'The part is stored, unseen.',
  'import.switch.before': 'All items are stored; the region still uses its old catalogue.',
  'import.switch.after': 'The region uses the new catalogue; whoever ordered it was not told.',
} as const;

export type FailpointName = keyof typeof failpointNames;

/** `flow.step`: what a failpoint stands before and after. */
export type FailpointStep = FailpointName extends infer Name
  ? Name extends `${infer Step}.before`
    ? Step
    : never
  : never;

/** Performs a step. With failpoints on, what is ordered for its points happens around it. */
export type Around = <T>(step: FailpointStep, run: () => Promise<T>) => Promise<T>;
