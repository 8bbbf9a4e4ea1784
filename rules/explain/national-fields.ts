import { fen, formatFen } from '../../engine/base/money/fen.ts';
import type { FundField } from '../model/pack-file-payers.ts';
import type { SplitAmounts } from '../model/split.ts';

export type NationalFields = Readonly<
  Record<
    | FundField
    | 'medfee_sumamt'
    | 'fulamt_ownpay_amt'
    | 'overlmt_selfpay'
    | 'preselfpay_amt'
    | 'inscp_scp_amt'
    | 'act_pay_dedc'
    | 'fund_pay_sumamt'
    | 'acct_pay'
    | 'acct_mulaid_pay'
    | 'psn_cash_pay'
    | 'psn_part_amt',
    string
  >
>;

/**
 * A split under the field names of the national interface (setlinfo of 2102, 2207 and 2304), yuan
 * as text; what goes back is negative, as 2103, 2208 and 2305 answer it. medfee_sumamt = the four
 * parts of the bill = all payers; psn_part_amt = both accounts and cash.
 */
export function nationalFields(split: SplitAmounts): NationalFields {
  return {
    medfee_sumamt: formatFen(split.total),
    fulamt_ownpay_amt: formatFen(split.fullOwnPay),
    overlmt_selfpay: formatFen(split.overLimit),
    preselfpay_amt: formatFen(split.priorSelfPay),
    inscp_scp_amt: formatFen(split.inScope),
    act_pay_dedc: formatFen(split.deductible),
    hifp_pay: sumField(split, 'hifp_pay'),
    cvlserv_pay: sumField(split, 'cvlserv_pay'),
    hifes_pay: sumField(split, 'hifes_pay'),
    hifmi_pay: sumField(split, 'hifmi_pay'),
    hifob_pay: sumField(split, 'hifob_pay'),
    hifdm_pay: sumField(split, 'hifdm_pay'),
    maf_pay: sumField(split, 'maf_pay'),
    oth_pay: sumField(split, 'oth_pay'),
    hosp_part_amt: sumField(split, 'hosp_part_amt'),
    ownpay_hosp_part: sumField(split, 'ownpay_hosp_part'),
    fund_pay_sumamt: formatFen(split.fundTotal),
    acct_pay: formatFen(split.accountPay),
    acct_mulaid_pay: formatFen(split.familyPay),
    psn_cash_pay: formatFen(split.patientPay),
    psn_part_amt: formatFen(fen(split.accountPay + split.familyPay + split.patientPay)),
  };
}

function sumField(split: SplitAmounts, field: FundField): string {
  let sum = 0n;
  for (const share of split.funds) if (share.field === field) sum += share.amount;
  return formatFen(fen(sum));
}
