/**
 * Every failpoint, in the order of the flows. A name is `flow.step.point`: `before` the step, `sent` (the
 * message or write was sent, and its result is not known yet), `after` the step. Each sentence says what
 * has happened at that point and what has not.
 */
export const failpointNames = {
  'http.terminal.before': 'A request has arrived and is not checked yet.',
  'http.terminal.after': 'The terminal is read; the signature is not verified yet.',
  'http.institution.before':
    'The signature is valid and its nonce is used; the institution is not read yet.',
  'http.institution.after': 'The caller is known; the body is not read yet.',
  'http.once.before': 'A sign-in is verified; no engine remembers it yet.',
  'http.once.after': 'No engine takes this sign-in again; nothing is done for it yet.',

  'sign-in.request.before': 'A sign-in was verified; nothing is done yet.',
  'sign-in.keys.before': 'A sign-in was verified; there are no new session keys yet.',
  'sign-in.keys.after': 'The keystore has made the session keys; the old ones are valid.',
  'sign-in.session.before': 'The new session keys exist in memory only; the old ones are valid.',
  'sign-in.session.after': 'The new session keys are stored; the terminal does not have them.',
  'sign-in.bank-number.before': 'The sign-in at the bank has no number yet.',
  'sign-in.bank-number.after': 'The sign-in at the bank has a number; the bank was not asked.',
  'sign-in.trace.before': 'The sign-in at the bank has no trace number yet.',
  'sign-in.trace.after': 'A trace number is reserved; it is lost if the flow ends here.',
  'sign-in.bank.before': 'The bank was not asked for keys.',
  'sign-in.bank.sent': 'The request for keys was sent; its result is not known.',
  'sign-in.bank.after': 'The new bank keys exist in memory only.',
  'sign-in.bank-keys.before': 'The new bank keys are not stored.',
  'sign-in.bank-keys.after': 'The new bank keys are stored; the terminal does not have them.',
  'sign-in.request.after': 'The sign-in is finished; the answer is not sent.',

  'challenge.request.before': 'A request for a challenge was verified; there is no challenge yet.',
  'challenge.owner.before':
    "The challenge exists; the card's owner is not looked up yet, and the flow does not wait for it.",
  'challenge.owner.after': 'The owner of the card is cached for the settlement.',
  'challenge.request.after': 'The challenge exists, not stored; the answer is not sent.',

  'quote.request.before': 'A request for a quote was verified; nothing is read yet.',
  'quote.owner.before':
    'Card and bill are well-formed; the owner of the card is not looked up yet.',
  'quote.owner.after': 'The owner of the card is known; nothing else is read yet.',
  'quote.facts.before': 'The facts of the person are not read yet.',
  'quote.facts.after': 'The facts are read; nothing is computed yet.',
  'quote.audit.before': 'The facts are read; that they were is not recorded yet.',
  'quote.audit.after': 'The read is recorded; nothing is computed yet.',
  'quote.request.after': 'The quote is computed, not stored; the answer is not sent.',

  'settle.request.before':
    'A settlement request was verified and is well-formed; nothing is done yet.',
  'settle.owner.before': 'The owner of the card is not looked up yet; no PIN try is counted.',
  'settle.owner.after': 'The owner of the card is known; no PIN try is counted.',
  'settle.trace.before': 'The bill is read; the bank leg has no trace number yet.',
  'settle.trace.after': 'A trace number is reserved; it is lost if the flow ends here.',
  'settle.chip.before': 'The bill is read; the answer of the chip is not verified yet.',
  'settle.chip.after': 'It is known whether the chip is genuine; no PIN try is counted.',
  'settle.pin.before': 'The keyed verifier of the PIN is not made yet; no PIN try is counted.',
  'settle.pin.after': 'The keyed verifier of the PIN exists; no PIN try is counted.',
  'settle.commit.before':
    'The command with proofs of chip and PIN is ready; the request key is not looked up, nothing is stored.',
  'settle.commit.after':
    'Request key, PIN try, settlement and bank leg are durable; no answer is sent, the bank was not asked.',
  'settle.sale.before': 'The bank leg is durable; the bank was not asked.',
  'settle.sale.sent': 'The debit was sent; its result is not known.',
  'settle.sale.after': 'The bank has answered, or the time limit is over; known in memory only.',
  'settle.reference.before':
    'The bank has approved without the counter of the card; the reference is not looked up yet.',
  'settle.reference.after': 'It is known whether another leg has the reference of the approval.',
  'settle.confirm.before': 'The bank has debited; the settlement is still reserved.',
  'settle.confirm.after': 'The settlement is posted; no answer is sent.',
  'settle.release.before': 'The bank has declined; the settlement is still reserved.',
  'settle.release.after': 'The reservation is released; no answer is sent.',
  'settle.unanswered.before':
    'The outcome at the bank is unknown; the settlement is still reserved.',
  'settle.unanswered.after': 'The reversal of the debit is durable; it is not sent yet.',
  'settle.request.after': 'The answer, final or unknown, exists; it is not sent.',

  'refund.request.before': 'A refund was verified; nothing is done yet.',
  'refund.settlement.before': 'The settlement to refund is not read yet.',
  'refund.settlement.after': 'The settlement is read; nothing is decided yet.',
  'refund.terminal.before': 'The terminal of the settlement is not read yet.',
  'refund.terminal.after': 'The terminal of the settlement is read; nothing is decided yet.',
  'refund.trace.before': 'The refund has no trace number yet.',
  'refund.trace.after': 'A trace number is reserved; it is lost if the flow ends here.',
  'refund.commit.before':
    'The command is ready; the request key is not looked up, nothing is stored.',
  'refund.commit.after':
    'Request key and refund are durable; a cash refund is posted, a bank leg not sent. No answer is sent.',
  'refund.void.before': 'The void is durable; the bank was not asked.',
  'refund.void.sent': 'The void was sent; its result is not known.',
  'refund.void.after': 'The bank has answered the void; known in memory only.',
  'refund.refund.before': 'The refund at the bank is durable; the bank was not asked.',
  'refund.refund.sent': 'The refund was sent to the bank; its result is not known.',
  'refund.refund.after': 'The bank has answered the refund; known in memory only.',
  'refund.reference.before':
    'The bank has approved the refund; its reference is not looked up yet.',
  'refund.reference.after': 'It is known whether another leg has the reference of the approval.',
  'refund.finish.before': 'The bank has refunded or declined; the refund is still running.',
  'refund.finish.after': 'The refund is final; no answer is sent.',
  'refund.unanswered.before': 'The outcome at the bank is unknown; the refund is still running.',
  'refund.unanswered.after':
    'The repetition (of a void: the reversal) is durable; it is not sent yet.',
  'refund.request.after': 'The answer, final or unknown, exists; it is not sent.',

  'read.request.before': 'A terminal requests a settlement.',
  'read.settlement.before': 'The settlement is not read yet.',
  'read.settlement.after': 'The settlement is read.',
  'read.audit.before': 'The settlement is read; that it was is not recorded yet.',
  'read.audit.after': 'The read is recorded; the document does not exist yet.',
  'read.request.after': 'The document exists; the answer is not sent.',

  'enquire.request.before': 'A terminal that lost an answer enquires by request key.',
  'enquire.requests.before': 'The request key is not looked up yet.',
  'enquire.requests.after': 'The records of the request key are read.',
  'enquire.audit.before': 'The records are read; that they were is not recorded yet.',
  'enquire.audit.after': 'The enquiry is recorded; it is not answered yet.',
  'enquire.request.after': 'The answer to the enquiry exists; it is not sent.',

  'job.due.before': 'The job runs; it has not looked for due legs yet.',
  'job.due.after': 'The due bank legs are known; nothing is done for them yet.',
  'job.claim.before': 'The job has chosen a leg; another engine may choose it too.',
  'job.claim.after': 'The leg is claimed, so no other engine works on it; nothing is sent yet.',
  'job.unanswered.before':
    'The job has a leg whose engine ended; the leg is still in its first state.',
  'job.unanswered.after':
    'The reversal, or the repetition of the refund, is durable; it is not sent yet.',
  'job.settlement.before': 'The leg is claimed; its settlement is not read yet.',
  'job.settlement.after': 'The settlement of the leg is read.',
  'job.terminal.before': 'The terminal of the leg is not read yet.',
  'job.terminal.after': 'The terminal of the leg is read; nothing is sent yet.',
  'job.reverse.before': 'The reversal is due; this attempt is not sent yet.',
  'job.reverse.sent': 'The reversal was sent; its result is not known.',
  'job.reverse.after': 'The bank has answered the reversal; known in memory only.',
  'job.reversed.before': 'The bank has reversed, or has nothing to reverse; the leg is still open.',
  'job.reversed.after': 'The leg is reversed and the settlement released, or the refund cancelled.',
  'job.refund.before': 'The repetition of a refund is due; this attempt is not sent yet.',
  'job.refund.sent': 'The repeated refund was sent; its result is not known.',
  'job.refund.after': 'The bank has answered the repeated refund; known in memory only.',
  'job.reference.before':
    'The bank has approved the repeated refund; its reference is not looked up yet.',
  'job.reference.after': 'It is known whether another leg has the reference of the approval.',
  'job.finish.before': 'The bank has answered the repeated refund; the refund is still running.',
  'job.finish.after': 'The repeated refund is final.',
  'job.postpone.before': 'The bank gave no answer that ends the leg; the next attempt is not set.',
  'job.postpone.after': 'The next attempt is set.',
  'job.bank-number.before':
    'The bank refuses the keys of a leg; the sign-in for new ones has no number yet.',
  'job.bank-number.after':
    'The sign-in for new keys has a number, so no other begins for a while; the bank was not asked.',
  'job.trace.before': 'The sign-in for new keys has no trace number yet.',
  'job.trace.after': 'A trace number is reserved; it is lost if the job ends here.',
  'job.bank.before': 'The bank was not asked for new keys.',
  'job.bank.sent': 'The request for keys was sent; its result is not known.',
  'job.bank.after': 'The new bank keys exist in memory only.',
  'job.bank-keys.before': 'The new bank keys are not stored.',
  'job.bank-keys.after': 'The new bank keys are stored; the next attempt uses them.',

  'late.approval.before': 'A late approval has arrived; its reversal is not stored yet.',
  'late.approval.after': 'The reversal after a late approval is durable; it is not sent yet.',

  'batch.read.before': 'The commands are in memory; no transaction has begun.',
  'batch.read.after': 'Request keys and facts are read; nothing is decided yet.',
  'batch.write.before': 'All commands are decided, in memory only.',
  'batch.write.sent': 'Write and commit were sent to the database; their result is not known.',
  'batch.write.after': 'The batch is committed; none of its commands is answered yet.',

  'packs.revisions.before': 'The revisions of packs and catalogues are not read yet.',
  'packs.revisions.after': 'The changes are known; none is loaded yet.',
  'packs.list.before': 'The list of activated packs is not read yet.',
  'packs.list.after': 'The list of activated packs is read; new packs are not.',
  'packs.changes.before': 'The changes of the packs in force are not read yet.',
  'packs.changes.after': 'The changes are read; the old policy is in force.',
  'packs.pack.before': 'A new pack is not read yet.',
  'packs.pack.after': 'A new pack is read, not compiled; the old policy is in force.',
  'packs.catalogues.before': 'The list of imported catalogues is not read yet.',
  'packs.catalogues.after': 'The list is read; the old catalogues are in force.',
  'packs.header.before': 'The header of a new catalogue is not read yet.',
  'packs.header.after': 'The header of a new catalogue is read; its items are not.',
  'packs.items.before': 'A page of a new catalogue is not read yet.',
  'packs.items.after': 'A page of a new catalogue is read; the old catalogue is in force.',

  'activate.revisions.before': 'The revision by which packs are judged is not read yet.',
  'activate.revisions.after':
    'The revision is read; whatever changes now is noticed when the change is stored.',
  'activate.changes.before': 'The changes of the packs in force are not read yet.',
  'activate.changes.after': 'The changes are read; nothing is checked yet.',
  'activate.pack.before': 'A stored pack is not read yet.',
  'activate.pack.after': 'A stored pack is read; nothing is checked yet.',
  'activate.list.before': 'Packs are not checked yet; the stored packs are not read.',
  'activate.list.after': 'The stored packs are read; nothing is checked yet.',
  'activate.add.before': 'The packs are valid; none is stored yet.',
  'activate.add.after': 'All packs are stored; the result is not reported yet.',

  'import.begin.before': 'A catalogue was read from its files; nothing is stored yet.',
  'import.begin.after': 'A version exists that readers do not see, without items.',
  'import.items.before': 'Some items are not stored in the version yet.',
  'import.items.after': 'These items are stored; readers do not see the version.',
  'import.switch.before': 'All items are stored; the region still uses its old catalogue.',
  'import.switch.after': 'The region uses the new catalogue; the result is not reported yet.',
} as const;

export type FailpointName = keyof typeof failpointNames;

/** `flow.step`: the step that failpoints stand before and after. */
export type FailpointStep = FailpointName extends infer Name
  ? Name extends `${infer Step}.before`
    ? Step
    : never
  : never;

/** Runs a step. With failpoints, it also runs what is ordered for its points. */
export type Around = <T>(step: FailpointStep, run: () => Promise<T>) => Promise<T>;
