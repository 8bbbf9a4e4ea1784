/** The bank: the sandbox's host with its own books and keys, and its real answers, in virtual time. */
import { approvalCodes } from '../../../engine/base/bank/response-codes.ts';
import { fromHex } from '../../../engine/base/crypto/bytes.ts';
import type { Fen } from '../../../engine/base/money/fen.ts';
import { openBooks } from '../../../engine/sandbox/bank-host/books.ts';
import type {
  Fault,
  FaultPlan,
  OperationName,
} from '../../../engine/sandbox/bank-host/fault-plan.ts';
import { createFaultPlan } from '../../../engine/sandbox/bank-host/fault-plan.ts';
import { pinVerifier } from '../../../engine/sandbox/bank-host/host-keys.ts';
import { serveTerminal } from '../../../engine/sandbox/bank-host/host-link.ts';
import { cardAccount, PIN_TRIES } from '../../../engine/sandbox/bank-host/operations.ts';
import type { WorkQueue } from '../../../engine/sandbox/bank-host/work-queue.ts';
import type { Random } from '../../support/random.ts';
import type { WireOptions } from './bank-wire.ts';
import type { Faults } from './faults.ts';
import { createProcess, type Process, type Scheduler } from './scheduler.ts';

/** Public test keys. */
export const bankKeys = {
  issuerMasterKey: fromHex('0123456789ABCDEFFEDCBA9876543210'),
  cardAlgorithm: '3des' as const,
  pinVerifierKey: fromHex('00112233445566778899AABBCCDDEEFF'),
  linkKey: fromHex('404142434445464748494A4B4C4D4E4F'),
  pinPadKeyOf: () => PIN_PAD_KEY,
};
export const PIN_PAD_KEY = fromHex('505152535455565758595A5B5C5D5E5F');

export type BankCard = { readonly pan: string; readonly pin: string; readonly balance: Fen };
export const PAN_SEQUENCE = '01';
export const EXPIRY = '3012';

export type Bank = {
  readonly books: ReturnType<typeof openBooks>;
  process: Process;
  isUp: boolean;
  /** It books, but its answers do not get out. */
  isMute: boolean;
  /** How far its clock is wrong, ms. */
  clockOffset: number;
  issue(card: BankCard): void;
  /** What goes wrong on command, before anything that the plan draws. */
  readonly injectFault: FaultPlan['injectFault'];
  readonly accept: WireOptions['accept'];
  /** After it died: the books are as they were. */
  restart(): void;
  close(): void;
};

export type BankOptions = {
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly random: Random;
};

export function createBank({ scheduler, faults, random }: BankOptions): Bank {
  const books = openBooks(':memory:');
  const now = () => scheduler.now() + bank.clockOffset;
  const clock = { now, randomBytes: random.bytes };
  const commanded = createFaultPlan();
  const faultPlan = {
    ...commanded,
    nextFault: (of: OperationName) => commanded.nextFault(of) ?? faultFor(faults, of),
  };
  let lives = 1;
  const bank: Bank = {
    books,
    process: createProcess('bank', 'bank-1'),
    isUp: true,
    isMute: false,
    clockOffset: 0,
    issue: (card) => issue(books, card),
    injectFault: commanded.injectFault,
    accept(end) {
      if (!bank.isUp || !bank.process.isAlive) return false;
      const queue = queueOf(bank, { scheduler, random });
      serveTerminal(end, {
        context: { books, keys: bankKeys, clock },
        faults: faultPlan,
        queue,
        log: (line) => scheduler.trace(`bank ${line}`),
        onRequest: () => undefined,
      });
      return true;
    },
    restart() {
      lives += 1;
      bank.process = createProcess('bank', `bank-${lives}`);
    },
    close: books.close,
  };
  return bank;
}

/** Posts in one event and answers in the next, so that the host may die between the two. */
function queueOf(
  { books, process }: Bank,
  { scheduler, random }: { readonly scheduler: Scheduler; readonly random: Random },
): WorkQueue {
  return {
    add(job) {
      scheduler.after(random.between(0, 2), process, () => {
        const answer = books.transaction(job);
        scheduler.after(0, process, answer);
      });
    },
    close: () => undefined,
  };
}

const saleDeclines = ['51', '55', '05', '14', '61'];
const backDeclines = ['57', '64', '05'];

/** What a bank refuses for reasons of its own; the host says the same to every copy of a message. */
function faultFor(faults: Faults, of: OperationName): Fault | undefined {
  if (faults.hits('bank.unsure')) return { kind: 'decline', code: '96', delayMs: 0 };
  const isDecided = of !== 'reversal' && of !== 'sign-in';
  if (isDecided && faults.hits('bank.declines')) {
    const code = faults.of('bank.declines').pick(of === 'sale' ? saleDeclines : backDeclines);
    return { kind: 'decline', code, delayMs: 0 };
  }
  if (faults.hits('bank.approves-otherwise')) {
    const code = faults.of('bank.approves-otherwise').pick(approvalCodes);
    return { kind: 'approve-with', code, delayMs: 0 };
  }
  if (!faults.hits('bank.answers-another')) return undefined;
  const kind = faults.of('bank.answers-another').pick(['wrong-amount', 'wrong-stan'] as const);
  return { kind, code: '', delayMs: 0 };
}

function issue(books: Bank['books'], { pan, pin, balance }: BankCard): void {
  books.transaction(() => {
    books.addCard({
      pan,
      panSequence: PAN_SEQUENCE,
      expiry: EXPIRY,
      kind: 'debit',
      status: 'active',
      pinVerifier: pinVerifier(bankKeys, pan, pin),
      pinTriesLeft: PIN_TRIES,
      lastAtc: 0,
      account: cardAccount(pan),
    });
    books.fund(cardAccount(pan), balance);
  });
}
