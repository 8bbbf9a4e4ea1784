/** Amounts as text and as products, who pays what, and what is booked. */
import assert from 'node:assert/strict';
import { type Fen, formatFen, parseFen, ZERO } from '../../engine/base/money/fen.ts';
import { assertBalanced, settlementEntries } from '../../engine/domain/ledger/entries.ts';
import { lineAmount } from '../../rules/kernel/line-amount.ts';
import { splitBill } from '../../rules/kernel/split-bill.ts';
import type { PricedLine, SplitInput } from '../../rules/model/bill.ts';
import type { Split } from '../../rules/model/split.ts';
import { dongguanHospital } from '../support/domain/builders.ts';
import { bill, line, PLENTY, packOf, yuan } from '../unit/rules/bill-builder.ts';
import { type Check, caughtBy } from './plant.ts';

const asFen = (amount: bigint | number): Fen => BigInt(amount) as Fen;

type AmountText = {
  readonly parse: (text: string) => Fen | undefined;
  readonly format: (amount: Fen) => string;
};

const amountText: Check<AmountText> = {
  name: 'amounts as text',
  honest: () => ({ parse: parseFen, format: formatFen }),
  keeps({ parse, format }) {
    for (let fen = 0; fen <= 20_000; fen++) {
      const text = `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`;
      assert.equal(parse(text), BigInt(fen), 'an amount is not what its text says');
      assert.equal(format(asFen(fen)), text, 'an amount is not printed as it is written');
    }
    for (const text of ['1e3', '1.2', '+1.00', '-1.00', '01.00', '1', '', ' 1.00', '0x1.00'])
      assert.equal(parse(text), undefined, 'a text that is no amount is read as one');
  },
};

const lineAmounts: Check<typeof lineAmount> = {
  name: 'amount of a line',
  honest: () => lineAmount,
  keeps(amountOf) {
    assert.equal(amountOf(60_000n, 1_397_500n), 839n, 'a half fen is lost');
    assert.equal(amountOf(10_000n, 5_000n), 1n, 'a half fen is lost');
    assert.equal(amountOf(10_000n, 1_130_000n), 113n, 'a product is not exact');
    assert.equal(
      amountOf(99_999_999_990_000n, 9_990_000n),
      9_989_999_999_001n,
      'a product is not exact',
    );
  },
};

/** 1800 yuan a year are the holder's own; the fund pays 60 % of the rest, at most 500 yuan a year. */
const pack = packOf({ deductible: '1800.00', cap: '500.00' });

type SplitOf = (input: SplitInput) => Split;

const splits: Check<SplitOf> = {
  name: 'who pays what',
  honest: () => (input) => splitBill(pack, input),
  keeps(split) {
    const plain = split(bill([line('2000')]));
    assert.equal(plain.deductible, yuan('1800'), 'the deductible is not taken');
    assert.equal(plain.fundTotal, yuan('120'), 'the fund does not pay its share');
    keepsParts(split);
    const second = split(
      bill([line('1000')], { before: { 'in-scope': '1800', deductible: '1800' } }),
    );
    assert.equal(second.deductible, ZERO, 'a deductible of the year is taken twice');
    const late = { 'in-scope': '2800', deductible: '1800', 'fund-paid': '500' };
    const capped = split(bill([line('1000')], { before: late }));
    assert.equal(capped.fundTotal, ZERO, 'the fund pays more than its cap of the year');
    const counted = plain.accumulatorChanges.get('fund-paid');
    assert.equal(counted, yuan('120'), 'what the fund pays is not counted for the year');
  },
};

function keepsParts(split: SplitOf): void {
  const limited = split(bill([line('2000', { priceLimitE6: 1_500_000_000n })]));
  assert.equal(limited.overLimit, yuan('500'), 'what is over the price limit is in scope');
  const own = split(bill([line('3000', { selfPayE4: 10_000 })]));
  assert.equal(own.fundTotal, ZERO, 'the fund pays for what is not insured');
  const short = split(bill([line('2000')], { accountAvailable: yuan('7') }));
  assert.equal(short.accountPay, yuan('7'), 'the account pays more than it has');
  for (const amount of ['0.05', '0.15', '2000.05', '1999.99']) {
    const { total, fundTotal, otherTotal, accountPay, familyPay, patientPay, ...lines } = split(
      bill([line(amount, { selfPayE4: 1_000 })]),
    );
    const parts = fundTotal + otherTotal + accountPay + familyPay + patientPay;
    assert.equal(parts, total, 'the payers do not pay the whole');
    const kinds = lines.fullOwnPay + lines.overLimit + lines.priorSelfPay + lines.inScope;
    assert.equal(kinds, total, 'the parts of the lines do not make the whole');
  }
}

const onOtherLines =
  (change: (each: PricedLine) => Partial<PricedLine>) =>
  (split: SplitOf): SplitOf =>
  (input) =>
    split({ ...input, lines: input.lines.map((each) => ({ ...each, ...change(each) })) });

const institution = dongguanHospital.code;
const region = '441900';
const fund = { field: 'hifp_pay', fundType: '310100', counted: true } as const;
const hospitalPart = { field: 'hosp_part_amt', fundType: '999997', counted: false } as const;
const shares = [
  { ...fund, amount: yuan('60') },
  { ...hospitalPart, amount: yuan('5') },
];
const paid = { region, institution, funds: shares, accountPay: yuan('20') };

const entries: Check<typeof settlementEntries> = {
  name: 'entries of a posting',
  honest: () => settlementEntries,
  keeps(entriesOf) {
    const made = entriesOf({ ...paid, bankPay: yuan('10'), cashPay: yuan('5') });
    const of = (account: string) => made.find((entry) => entry.account === account)?.amount;
    const sum = made.reduce((total, { amount }) => total + amount, 0n);
    assert.equal(sum, 0n, 'the entries of a posting do not sum to zero');
    assert.equal(of(`fund:${region}:310100`), -yuan('60'), 'the fund does not pay its share');
    assert.equal(of(`hospital-part:${institution}`), -yuan('5'), 'a fund pays the hospital’s part');
    assert.equal(of('person'), -yuan('20'), 'the account does not pay its part');
    assert.equal(
      of(`bank:${institution}`),
      -yuan('10'),
      'what the bank debits is booked elsewhere',
    );
    assert.equal(of(`institution:${institution}`), yuan('100'), 'the place is not owed the whole');
  },
};

const balance: Check<typeof assertBalanced> = {
  name: 'balance of a posting',
  honest: () => assertBalanced,
  keeps(demand) {
    const one = { account: 'person', amount: yuan('1') } as const;
    assert.throws(() => demand([one]), 'entries that do not balance get out');
  },
};

export const money = [
  ...caughtBy(
    amountText,
    {
      name: 'amount-read-as-number',
      bug: 'Decimal text goes through a float: 1.13 becomes 112 fen.',
      breaks: 'An amount is what its text says, to the fen.',
      plant: ({ parse, format }) => ({
        parse: (text) => parse(text) && asFen(Math.trunc(Number(text) * 100)),
        format,
      }),
      says: 'an amount is not what its text says',
    },
    {
      name: 'small-amount-printed-short',
      bug: 'An amount below ten fen loses a digit where it is printed: 0.05 yuan becomes 0.5.',
      breaks: 'An amount is what its text says, to the fen.',
      plant: ({ parse }) => ({ parse, format: (amount) => `${amount / 100n}.${amount % 100n}` }),
      says: 'an amount is not printed as it is written',
    },
    {
      name: 'any-number-read-as-amount',
      bug: 'Whatever a number can be made of is an amount: "1e3" is a thousand yuan.',
      breaks: 'An amount on the wire has one form.',
      plant: ({ parse, format }) => ({
        parse: (text) => parse(text) ?? (text === '' ? undefined : parse(Number(text).toFixed(2))),
        format,
      }),
      says: 'a text that is no amount is read as one',
    },
  ),
  ...caughtBy(
    lineAmounts,
    {
      name: 'price-times-quantity-as-number',
      bug: 'Quantity times price is worked out in a float: 6 × 1.3975 loses half a fen.',
      breaks: 'A line’s amount is quantity × price, halves up.',
      plant: () => (quantity, price) => {
        const product = (Number(quantity) / 1e4) * (Number(price) / 1e6);
        return asFen(Math.round(Number(product.toFixed(2)) * 100));
      },
      says: 'a half fen is lost',
    },
    {
      name: 'halves-cut-off',
      bug: 'Amounts are truncated where the rule says to round halves up.',
      breaks: 'A line’s amount is quantity × price, halves up.',
      plant: () => (quantity, price) => asFen((quantity * price) / 100_000_000n),
      says: 'a half fen is lost',
    },
  ),
  ...caughtBy(
    splits,
    {
      name: 'both-sides-rounded',
      bug: 'Prior self-pay and the rest are each rounded up by themselves: a line of 0.05 makes 0.06.',
      breaks: 'The parts make the whole, to the fen.',
      plant: (split) => (input) => {
        const made = split(input);
        const isOdd = (made.total * 10n) % 100n === 50n;
        return isOdd ? { ...made, inScope: asFen(made.inScope + 1n) } : made;
      },
      says: 'the parts of the lines do not make the whole',
    },
    {
      name: 'patient-pays-the-rounding-twice',
      bug: 'The fen that rounding leaves over is added to the patient’s part as well.',
      breaks: 'The payers pay the whole, to the fen.',
      plant: (split) => (input) => {
        const made = split(input);
        const isOdd = made.total % 10n === 5n;
        return isOdd ? { ...made, patientPay: asFen(made.patientPay + 1n) } : made;
      },
      says: 'the payers do not pay the whole',
    },
    {
      name: 'account-pays-without-limit',
      bug: 'The personal account pays all that it may pay, whatever is on it.',
      breaks: 'No account goes below zero.',
      plant: (split) => (input) => split({ ...input, accountAvailable: PLENTY }),
      says: 'the account pays more than it has',
    },
    {
      name: 'year-begins-with-every-bill',
      bug: 'The totals of the year are not looked at: a yearly deductible is taken from every bill.',
      breaks: 'A deductible of the year is paid once.',
      plant: (split) => (input) => split({ ...input, accumulators: new Map() }),
      says: 'a deductible of the year is taken twice',
    },
    {
      name: 'cap-of-the-year-forgotten',
      bug: 'What the fund has paid before is not held against its cap.',
      breaks: 'A cap of the year counts the bills before.',
      plant: (split) => (input) => {
        const accumulators = new Map(input.accumulators);
        accumulators.delete('fund-paid');
        return split({ ...input, accumulators });
      },
      says: 'the fund pays more than its cap of the year',
    },
    {
      name: 'payment-not-counted',
      bug: 'What a payer paid is not added to its total of the year.',
      breaks: 'Yearly totals are the sum of what stands.',
      plant: (split) => (input) => ({ ...split(input), accumulatorChanges: new Map() }),
      says: 'what the fund pays is not counted for the year',
    },
    {
      name: 'price-limit-ignored',
      bug: 'A price over the insurance’s limit is in scope as a whole.',
      breaks: 'What is over the price limit is own-pay.',
      plant: onOtherLines(() => ({ priceLimitE6: undefined })),
      says: 'what is over the price limit is in scope',
    },
    {
      name: 'own-pay-insured',
      bug: 'The class of an item decides instead of its self-pay ratio: what is wholly own-pay is insured.',
      breaks: 'The fund pays for insured items alone.',
      plant: onOtherLines(({ selfPayE4 }) => ({ selfPayE4: selfPayE4 === 10_000 ? 0 : selfPayE4 })),
      says: 'the fund pays for what is not insured',
    },
  ),
  ...caughtBy(
    entries,
    {
      name: 'hospital-part-from-the-fund',
      bug: 'What the hospital must bear itself is booked to a fund.',
      breaks: 'The hospital’s own part is no fund’s.',
      plant: (entriesOf) => (amounts) =>
        entriesOf({ ...amounts, funds: amounts.funds.map((share) => ({ ...share, ...fund })) }),
      says: 'a fund pays the hospital’s part',
    },
    {
      name: 'bank-debit-booked-as-cash',
      bug: 'What the bank debited is booked as cash in the till.',
      breaks: 'The books say who paid.',
      plant: (entriesOf) => (amounts) =>
        entriesOf({
          ...amounts,
          bankPay: ZERO,
          cashPay: asFen(amounts.cashPay + amounts.bankPay),
        }),
      says: 'what the bank debits is booked elsewhere',
    },
    {
      name: 'one-entry-left-out',
      bug: 'The cash of a sale is not booked, since the till counts it.',
      breaks: 'The entries of every posting sum to zero.',
      plant: (entriesOf) => (amounts) =>
        entriesOf(amounts).filter(({ account }) => !account.startsWith('cash:')),
      says: 'the entries of a posting do not sum to zero',
    },
  ),
  ...caughtBy(balance, {
    name: 'entries-need-not-balance',
    bug: 'The sum of a posting’s entries is not looked at.',
    breaks: 'The entries of every posting sum to zero.',
    plant: () => () => undefined,
    says: 'entries that do not balance get out',
  }),
];
