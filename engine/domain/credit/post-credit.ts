import type { ErrorCode } from '../../base/errors/error-registry.ts';
import type { CreditId } from '../../base/ids/ids.ts';
import type { Fen } from '../../base/money/fen.ts';
import { addFen, negateFen } from '../../base/money/fen.ts';
import type { CommandKind, PersonCommand } from '../command.ts';
import type { Decision, Facts } from '../decision.ts';
import { withoutWrites, withWrites } from '../decision.ts';
import type { FileKey } from '../files/file-key.ts';
import type { AccountStatus, Person } from '../person/person.ts';
import { creditAnswer, declinedAnswer } from '../request/answer.ts';
import type { Credit, CreditKind } from './credit.ts';
import { fitsKind, fundingAccount } from './credit.ts';

/** Posts one row of a released file. Given twice, it is posted once. */
export type PostCredit = PersonCommand & {
  readonly type: 'post-credit';
  readonly creditId: CreditId;
  readonly file: FileKey;
  readonly line: number;
  readonly kind: CreditKind;
  readonly amount: Fen;
  readonly reverses: CreditId | undefined;
  /** Who put the file forward, and who released it (放行). */
  readonly release: { readonly proposedBy: string; readonly releasedBy: string };
};

export const postCredit: CommandKind<PostCredit> = {
  type: 'post-credit',
  startsWork: false,
  needs: ({ key, creditId, reverses }) => ({
    ...{ key, cardId: undefined, settlementId: undefined, request: undefined },
    ...{ creditId, reverses },
  }),
  decide,
};

function decide(command: PostCredit, { person, credits = [] }: Facts): Decision {
  const refuse = (code: ErrorCode) => withoutWrites(declinedAnswer(code, {}));
  const { creditId, reverses } = command;
  const posted = credits.find(({ id }) => id === creditId);
  if (posted !== undefined) {
    return isSame(posted, command)
      ? withoutWrites(creditAnswer(posted))
      : refuse('CREDIT_POSTED_OTHERWISE');
  }
  const { proposedBy, releasedBy } = command.release;
  if (proposedBy === releasedBy) return refuse('CREDIT_NEEDS_SECOND_PERSON');
  if (person === undefined) return refuse('PERSON_UNKNOWN');
  const reversed = credits.find(({ id }) => id === reverses);
  const change = reverses === undefined ? plain(person, command) : back(person, command, reversed);
  if (typeof change === 'string') return refuse(change);
  return post(person, command, change.status);
}

/** The account's state afterwards, or why the credit is not posted. */
type Change = { readonly status: AccountStatus } | ErrorCode;

function plain(person: Person, { kind, amount }: PostCredit): Change {
  const { accountStatus, accountBalance, accountHeld } = person;
  if (!fitsKind(kind, amount)) return 'CREDIT_SIGN_WRONG';
  if (accountStatus === 'closed' || accountStatus === 'none') return 'CREDIT_ACCOUNT_CLOSED';
  if (kind === 'payout') {
    if (accountStatus !== 'frozen') return 'CREDIT_ACCOUNT_NOT_FROZEN';
    const isWhole = accountHeld === 0n && addFen(accountBalance, amount) === 0n;
    return isWhole ? { status: 'closed' } : 'CREDIT_PAYOUT_NOT_WHOLE';
  }
  return covers(person, amount) ? { status: accountStatus } : 'CREDIT_ABOVE_AVAILABLE';
}

/** Takes a credit back with entries of its own; a payout leaves the account as it was before. */
function back(person: Person, { kind, amount }: PostCredit, reversed: Credit | undefined): Change {
  if (reversed === undefined) return 'CREDIT_NOT_POSTED';
  const isWhole = reversed.kind === kind && addFen(reversed.amount, amount) === 0n;
  if (!isWhole || reversed.reverses !== undefined) return 'CREDIT_POSTED_OTHERWISE';
  if (kind === 'payout') return { status: reversed.statusBefore };
  if (person.accountStatus === 'closed') return 'CREDIT_ACCOUNT_CLOSED';
  return covers(person, amount) ? { status: person.accountStatus } : 'CREDIT_ABOVE_AVAILABLE';
}

/** What is held for settlements that wait for the bank is never taken. */
function covers({ accountBalance, accountHeld }: Person, amount: Fen): boolean {
  return amount > 0n || addFen(accountBalance, amount) >= accountHeld;
}

function isSame(posted: Credit, { file, line, kind, amount, reverses }: PostCredit): boolean {
  const { source, date, number } = posted.file;
  return (
    source === file.source &&
    date === file.date &&
    number === file.number &&
    posted.line === line &&
    posted.kind === kind &&
    posted.amount === amount &&
    posted.reverses === reverses
  );
}

function post(person: Person, command: PostCredit, status: AccountStatus): Decision {
  const { key, creditId: id, file, line, kind, amount, reverses, at } = command;
  const accountBalance = addFen(person.accountBalance, amount);
  const credit: Credit = {
    ...{ key, id, file, line, kind, amount, reverses, at },
    balanceAfter: accountBalance,
    statusBefore: person.accountStatus,
  };
  return withWrites(creditAnswer(credit), {
    person: { ...person, accountBalance, accountStatus: status },
    credit,
    posting: {
      settlementId: id,
      postingNo: 0,
      entries: [
        { account: 'person', amount },
        { account: fundingAccount(file.source, kind), amount: negateFen(amount) },
      ],
    },
  });
}
