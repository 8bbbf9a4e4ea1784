/**
 * Examples that hold in every region: how one line splits, and what the personal account may pay.
 */
import { expect, test } from 'vitest';
import { fen, formatFen } from '../../../engine/domain/money/fen.ts';
import { splitBill } from '../../../rules/kernel/split-bill.ts';
import { bill, line, packOf, yuan } from '../../unit/rules/bill-builder.ts';
import examples from '../settlement-examples/lines-and-account.json' with { type: 'json' };
import { exampleBy } from './example.ts';

const example = exampleBy(examples);

test('Hebei 2207: 5 % of 4.52 rounds on the line, the account pays it all', () => {
  const { expected } = example('HE-OP-EMP-2207');
  const drug = line('4.52', { selfPayE4: 500, priceLimitE6: 999_999_000_000n, itemClass: '02' });
  const balance = yuan('1378.15');
  const split = splitBill(
    packOf({ deductible: '1000.00' }),
    bill([drug], { accountAvailable: balance }),
  );
  expect({
    preselfpay_amt: formatFen(split.priorSelfPay),
    inscp_scp_amt: formatFen(split.inScope),
    act_pay_dedc: formatFen(split.deductible),
    hifp_pay: formatFen(split.fundTotal),
    acct_pay: formatFen(split.accountPay),
    psn_cash_pay: formatFen(split.patientPay),
    psn_part_amt: formatFen(fen(split.accountPay + split.patientPay)),
    balc: formatFen(fen(balance - split.accountPay)),
  }).toEqual(expected);
});

test('Zhejiang 2204: a class A item with own-pay ratio 1 is all own-pay', () => {
  const { expected } = example('ZJ-OP-LEVEL-VS-PROP');
  const tested = line('1200.00', {
    code: 'XJ01CAA040A001010102699',
    quantityE4: 100_000n,
    priceE6: 120_000_000n,
    selfPayE4: 10_000,
    itemClass: '01',
  });
  const split = splitBill(packOf(), bill([tested]));
  expect({
    fulamt_ownpay_amt: formatFen(split.fullOwnPay),
    inscp_scp_amt: formatFen(split.inScope),
    preselfpay_amt: formatFen(split.priorSelfPay),
  }).toEqual(expected);
});

test('Guiyang pharmacy: the account pays an item that no fund ever covers', () => {
  const { expected } = example('GZ-PHARMACY-ACCT');
  const pack = packOf({ mayPay: ['coinsurance', 'prior-self-pay', 'full-own-pay'] });
  const balance = yuan('5010.47');
  const input = bill([line('36.00', { selfPayE4: 10_000 })], {
    careType: '41',
    carePlace: { kind: 'pharmacy', level: undefined, isCommunity: false },
    accountAvailable: balance,
  });
  const split = splitBill(pack, input);
  expect({
    acct_pay: formatFen(split.accountPay),
    hifp_pay: formatFen(split.fundTotal),
    cash: formatFen(split.patientPay),
    balc: formatFen(fen(balance - split.accountPay)),
  }).toEqual(expected);
});

test('the price limit comes first, then class B prior self-pay on the rest', () => {
  const { expected } = example('X-OVERLIMIT-THEN-B');
  const drug = line('120.00', { priceLimitE6: 110_000_000n, selfPayE4: 1000, itemClass: '02' });
  const split = splitBill(packOf(), bill([drug]));
  expect({
    over_limit: formatFen(split.overLimit),
    prior_self: formatFen(split.priorSelfPay),
    in_scope: formatFen(split.inScope),
    self: formatFen(fen(split.overLimit + split.priorSelfPay)),
  }).toEqual(expected);
});
