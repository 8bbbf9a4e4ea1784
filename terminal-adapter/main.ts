/**
 * A counter as a program, for trying the kit and for cash registers in other languages: progress
 * on stderr, the outcome as one JSON document on stdout. Exit code 0: approved, 2: the outcome is
 * not known yet (run `enquire`, do not collect again), 1: anything else.
 *
 * Try it in the sandbox; `npm start` runs in another window:
 *
 *   npm run yikatong -- counter --at dongguanPharmacy --person dongguan-pharmacy-buyer --out counter.json
 *   export COUNTER_FILE=counter.json COUNTER_MEDICAL_PIN=528719 COUNTER_BANK_PIN=147369
 *   echo '{ "careType": "41", "totalAmount": "6.50", "lines": [{ "lineNo": "1", "code": null,
 *     "name": "棉签", "quantity": "1", "unitPrice": "6.50", "amount": "6.50" }] }' > bill.json
 *   npm run counter -- settle --bill bill.json --pay bank --yes
 *   npm run counter -- refund <settlementId>
 *
 * A PIN that is not in the environment is asked for. With `"reader": { "kind": "pcsc" }` in
 * counter.json the card is in a real reader; the file's other settings are in `CounterFile`.
 */
import { parseArgs } from 'node:util';
import type { BillBody } from '../engine/contract/bill.ts';
import type { QuoteDocument } from '../engine/contract/quote.ts';
import type { ConfirmationBody } from '../engine/contract/settlement.ts';
import type { ProgressEvent } from './agent/progress.ts';
import { createLineAsker, type LineAsker } from './counter/ask-line.ts';
import { CounterError, readJson } from './counter/counter-file.ts';
import type { Counter } from './counter/open-counter.ts';
import { openCounterFile } from './counter/open-counter-file.ts';

type Outcome = { readonly kind: 'approved' | 'declined' | 'unknown' | 'stopped' };

/** A bill without a date of service is of today. */
type BillFile = Omit<BillBody, 'serviceDate'> & Partial<Pick<BillBody, 'serviceDate'>>;

const usage = {
  zh: `用法：npm run counter -- <操作> [--config counter.json]
  sign-in
  read-card
  settle --bill <文件> [--pay cash|bank] [--no-account] [--yes] [--confirmed-by <主管> --reason <理由>]
  refund <结算单号> [--line <明细号>]…
  enquire`,
  en: `Usage: npm run counter -- <operation> [--config counter.json]
  sign-in
  read-card
  settle --bill <file> [--pay cash|bank] [--no-account] [--yes] [--confirmed-by <name> --reason <text>]
  refund <settlement> [--line <number>]...
  enquire`,
};

const options = {
  config: { type: 'string', default: process.env['COUNTER_FILE'] ?? 'counter.json' },
  bill: { type: 'string' },
  pay: { type: 'string', default: 'cash' },
  account: { type: 'boolean', default: true },
  yes: { type: 'boolean', default: false },
  'confirmed-by': { type: 'string' },
  reason: { type: 'string' },
  line: { type: 'string', multiple: true },
} as const;

const onProgress = ({ code, zh, en }: ProgressEvent) =>
  process.stderr.write(`${code}: ${zh} / ${en}\n`);

function readArguments() {
  try {
    return parseArgs({ options, allowPositionals: true, allowNegative: true });
  } catch {
    throw new CounterError(usage);
  }
}

type Arguments = ReturnType<typeof readArguments>;

async function operate(counter: Counter, asker: LineAsker, given: Arguments): Promise<Outcome> {
  const [operation, settlementId] = given.positionals;
  const { line: lines } = given.values;
  if (operation === 'read-card') return counter.readCard({ onProgress });
  const signedIn = await counter.signIn();
  if (signedIn.kind !== 'approved' || operation === 'sign-in') return signedIn;
  if (operation === 'settle') {
    return settle(counter, asker, { ...given.values, today: signedIn.document.businessDate });
  }
  if (operation === 'refund' && settlementId !== undefined) {
    return counter.refund({ settlementId, onProgress, ...(lines && { lines }) });
  }
  if (operation !== 'enquire') throw new CounterError(usage);
  const enquired = await counter.enquire({ onProgress });
  const isOpen = enquired.some(({ outcome }) => outcome === undefined);
  return Object.assign({ kind: isOpen ? 'unknown' : 'approved' } as const, { enquired });
}

async function settle(
  counter: Counter,
  asker: LineAsker,
  given: Arguments['values'] & { readonly today: string },
): Promise<Outcome> {
  const { bill, pay, account, yes, today } = given;
  if (bill === undefined || (pay !== 'cash' && pay !== 'bank')) throw new CounterError(usage);
  const confirm = async ({ amounts }: QuoteDocument) => {
    const { total, fundTotal, accountPay, patientPay } = amounts;
    process.stderr.write(
      `总额 / total ${total}  基金 / funds ${fundTotal}  个人账户 / account ${accountPay}  自付 / to pay ${patientPay}\n`,
    );
    return yes || (await asker.ask('同意？/ agreed? (y) ')) === 'y';
  };
  const { serviceDate = today, ...rest } = readJson(bill) as BillFile;
  return counter.settle({
    bill: { ...rest, serviceDate },
    useAccount: account,
    tender: pay === 'bank' ? 'bank-debit' : 'cash',
    ...{ confirm, confirmAbove: (warning) => confirmAbove(asker, given, warning), onProgress },
  });
}

/** From the command line, or asked for; a name that is left empty confirms nothing. */
async function confirmAbove(
  asker: LineAsker,
  given: Arguments['values'],
  { zh, en }: QuoteDocument['warnings'][number],
): Promise<ConfirmationBody | undefined> {
  process.stderr.write(`${zh} / ${en}\n`);
  const supervisor = given['confirmed-by'] ?? (await asker.ask('主管 / supervisor: '));
  if (!supervisor) return undefined;
  const reason = given.reason ?? (await asker.ask('理由 / reason: '));
  return reason ? { supervisor, reason } : undefined;
}

async function run(): Promise<number> {
  const asker = createLineAsker();
  const pins = {
    medical: process.env['COUNTER_MEDICAL_PIN'],
    bank: process.env['COUNTER_BANK_PIN'],
  };
  const askPin = async (kind: 'medical' | 'bank') => pins[kind] ?? asker.ask('PIN: ', true);
  try {
    const given = readArguments();
    const counter = await openCounterFile(given.values.config, askPin);
    try {
      const outcome = await operate(counter, asker, given);
      process.stdout.write(`${JSON.stringify(outcome, undefined, 2)}\n`);
      return outcome.kind === 'approved' ? 0 : outcome.kind === 'unknown' ? 2 : 1;
    } finally {
      await counter.close();
    }
  } catch (error) {
    if (!(error instanceof CounterError)) throw error;
    process.stderr.write(`${error.zh}\n${error.en}\n`);
    return 1;
  } finally {
    asker.close();
  }
}

process.exitCode = await run();
