import type { Command } from 'commander';
import { problemBody } from '../../base/errors/problem.ts';
import { formatFen, negateFen } from '../../base/money/fen.ts';
import { isoTime } from '../../base/time/calendar.ts';
import type { Claim } from '../../domain/correction/correction.ts';
import { openOf } from '../../domain/correction/correction.ts';
import type { ClaimOrder } from '../../flows/operator/settle-claim.ts';
import { readConfig } from '../../ops/config.ts';
import type { CliContext, SetExitCode } from '../cli-context.ts';
import { CliError } from '../cli-context.ts';
import { formatRefusal, printErrorText } from '../format-refusal.ts';
import { loginOption, readCredentials } from '../operator-login.ts';

type Listing = { readonly region?: string; readonly json?: true };
type Payment = {
  readonly collected?: string;
  readonly paidOut?: string;
  readonly login?: string;
  readonly voucher: string;
};

/**
 * Commands of `yikatong person`: what people owe, or are owed, because a bill of theirs was corrected after
 * an earlier one had gone back.
 */
export function addClaims(person: Command, context: CliContext, setExitCode: SetExitCode): void {
  person
    .command('claims')
    .description('列出未结清的应收、应付 / list what is not collected or paid out yet')
    .option('--region <code>', '只列该参保地 / only of this insured region')
    .option('--json', '以数据形式输出 / as data')
    .action(async ({ region, json }: Listing) => {
      const { listClaims } = await context.loadMain();
      const claims = await listClaims(readConfig(context.env), region);
      if (json) context.print(JSON.stringify(claims.map(claimData), undefined, 2));
      else printClaims(context, claims);
    });
  person
    .command('settle-claim <settlement>')
    .description('登记已收回或已付出 / record that a claim was collected or paid out')
    .option('--collected <yuan>', '已向参保人收回的金额 / collected from the person')
    .option('--paid-out <yuan>', '已付给参保人的金额 / paid out to the person')
    .requiredOption('--voucher <no>', '收付款凭证号 / number of the receipt or transfer')
    .option(...loginOption)
    .action(async (settlementId: string, payment: Payment) => {
      const { settleClaim } = await context.loadMain();
      const order = orderOf(settlementId, payment);
      const credentials = await readCredentials(context, payment.login);
      const answer = await settleClaim(readConfig(context.env), credentials, order);
      if (answer.kind === 'claim') {
        context.print('已登记，该笔已结清 / recorded; nothing is open any more');
        return;
      }
      setExitCode(answer.outcome === 'unknown' ? 2 : 1);
      printErrorText(context, formatRefusal(problemBody(answer.code ?? 'INTERNAL')));
    });
}

function orderOf(
  settlementId: string,
  { collected, paidOut, voucher }: Payment,
): Omit<ClaimOrder, 'by'> {
  const amount = collected ?? paidOut;
  if (amount === undefined || (collected !== undefined && paidOut !== undefined)) {
    throw new CliError({
      zh: '请给出 --collected 或 --paid-out 之一',
      en: 'Say either --collected or --paid-out',
    });
  }
  const direction = collected === undefined ? 'paid-out' : 'collected';
  return { settlementId, amount, direction, voucher };
}

function printClaims(context: CliContext, claims: readonly Claim[]): void {
  if (claims.length === 0) context.print('没有未结清的应收或应付 / nothing is open');
  for (const claim of claims) {
    const open = openOf(claim);
    const what =
      open > 0n
        ? `应收 / owed by the person  --collected ${formatFen(open)}`
        : `应付 / owed to the person  --paid-out ${formatFen(negateFen(open))}`;
    const since = isoTime(claim.changedAt);
    context.print(`${claim.settlementId}  ${claim.region}  ${what}  自 / since ${since}`);
  }
}

function claimData(claim: Claim): object {
  const { settlementId, region, owed, paid, changedAt } = claim;
  const amounts = { owed: formatFen(owed), paid: formatFen(paid), open: formatFen(openOf(claim)) };
  return { settlementId, region, ...amounts, changedAt: isoTime(changedAt) };
}
