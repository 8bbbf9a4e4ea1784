import type { Command } from 'commander';
import { problemBody } from '../../base/errors/problem.ts';
import { formatFen } from '../../base/money/fen.ts';
import { isoTime } from '../../base/time/calendar.ts';
import type { ToldAnswer } from '../../domain/request/answer.ts';
import type { Resolution, ResolutionOutcome } from '../../domain/resolution/resolution.ts';
import { readConfig } from '../../ops/config.ts';
import type { OpenLeg } from '../../ports/bank-legs.ts';
import type { CliContext, SetExitCode } from '../cli-context.ts';
import { notAllowed } from '../cli-context.ts';
import { formatRefusal, printErrorText } from '../format-refusal.ts';
import { loginOption, readCredentials } from '../operator-login.ts';

const outcomes: readonly ResolutionOutcome[] = ['bank-reversed', 'bank-kept'];

type LegOptions = { readonly leg: string; readonly login?: string };
type Proposal = LegOptions & { readonly outcome: string; readonly reason: string };
type Approval = LegOptions & { readonly proposal?: string };

/**
 * `yikatong reversal …`, for operators: lists open reversals and resolves those that the bank cannot answer
 * (人工销账). One operator proposes, another approves, each under a database login of their own; nothing
 * automatic does it.
 */
export function addReversal(program: Command, context: CliContext, setExitCode: SetExitCode): void {
  const reversal = program
    .command('reversal')
    .description('查看与人工销账未完成的冲正 / open reversals, and their manual resolution');
  reversal
    .command('list')
    .description('列出银行尚未应答的冲正 / reversals that the bank has not answered')
    .option('--json', '以数据形式输出 / as data')
    .action(async ({ json }: { readonly json?: true }) => {
      const { listReversals } = await context.loadMain();
      const open = await listReversals(readConfig(context.env));
      if (json) context.print(JSON.stringify(open.map(openLegData), undefined, 2));
      else printList(context, open);
    });
  reversal
    .command('propose <settlement>')
    .description('提出销账申请（第一人）/ propose how to resolve one (first person)')
    .requiredOption('--leg <no>', '银行交易序号，见列表 / number of the bank leg, see the list')
    .requiredOption(
      '--outcome <outcome>',
      `认定的银行结果 / what the bank did: ${outcomes.join(', ')}`,
    )
    .requiredOption('--reason <text>', '依据（勿含个人信息）/ why; no personal data')
    .option(...loginOption)
    .action(async (settlementId: string, { leg, outcome, reason, login }: Proposal) => {
      const { proposeResolution } = await context.loadMain();
      const order = { settlementId, legNo: wholeNumber(leg, '--leg'), reason };
      const known = outcomes.find((name) => name === outcome);
      if (known === undefined) throw notAllowed('--outcome', outcomes.join(', '));
      const config = readConfig(context.env);
      const credentials = await readCredentials(context, login);
      const answer = await proposeResolution(config, credentials, { ...order, outcome: known });
      printAnswer(context, setExitCode, answer);
    });
  reversal
    .command('approve <settlement>')
    .description('复核并执行销账（另一人）/ approve and execute it (another person)')
    .requiredOption('--leg <no>', '银行交易序号 / number of the bank leg')
    .option('--proposal <no>', '申请号，有多份申请时必填 / which proposal, if there were several')
    .option(...loginOption)
    .action(async (settlementId: string, { leg, proposal, login }: Approval) => {
      const { approveResolution } = await context.loadMain();
      const proposalNo = proposal === undefined ? undefined : wholeNumber(proposal, '--proposal');
      const order = { settlementId, legNo: wholeNumber(leg, '--leg'), proposalNo };
      const config = readConfig(context.env);
      const credentials = await readCredentials(context, login);
      printAnswer(context, setExitCode, await approveResolution(config, credentials, order));
    });
}

function printAnswer(context: CliContext, setExitCode: SetExitCode, answer: ToldAnswer): void {
  if (answer.kind === 'resolution') {
    const { approval, proposalNo } = answer.resolution;
    context.print(
      approval === undefined
        ? `已登记申请 ${proposalNo}，须由另一名操作员复核 / proposal ${proposalNo} is on record; another operator must approve it`
        : `已按申请 ${proposalNo} 销账 / resolved by proposal ${proposalNo}`,
    );
    return;
  }
  setExitCode(answer.outcome === 'unknown' ? 2 : 1);
  printErrorText(context, formatRefusal(problemBody(answer.code ?? 'INTERNAL')));
}

function printList(context: CliContext, open: readonly OpenLeg[]): void {
  if (open.length === 0) context.print('没有未完成的冲正 / no reversal is open');
  for (const { leg, resolutions } of open) {
    const { settlementId, legNo, kind, state, amount, attempts, responseCode = '-' } = leg;
    const what = `${settlementId}  --leg ${legNo}  ${kind} ${state}  ${formatFen(amount)}`;
    const since = isoTime(leg.openSince ?? 0);
    context.print(`${what}  自 / since ${since}  ${attempts} ×  39=${responseCode}`);
    for (const { proposalNo, outcome, proposedBy, reason } of openProposals(leg, resolutions)) {
      context.print(`  申请 / proposal ${proposalNo}: ${outcome}, ${proposedBy.name}: ${reason}`);
    }
  }
}

/** Proposals that may be approved. */
function openProposals(
  { openSince = 0, lateRrn }: OpenLeg['leg'],
  resolutions: readonly Resolution[],
) {
  return resolutions.filter(
    (one) =>
      one.approval === undefined &&
      one.proposedBy.identity !== 'typed-name' &&
      one.proposedAt >= openSince &&
      one.lateRrn === lateRrn,
  );
}

function openLegData({ leg, resolutions }: OpenLeg): object {
  const { settlementId, legNo, kind, state, attempts, responseCode } = leg;
  const { bankTerminalId, bankMerchantId, batch, stan } = leg;
  return {
    ...{ settlementId, legNo, kind, state, amount: formatFen(leg.amount), attempts },
    responseCode: responseCode ?? null,
    openSince: isoTime(leg.openSince ?? 0),
    trace: { bankTerminalId, bankMerchantId, batch, stan },
    proposals: openProposals(leg, resolutions).map(
      ({ proposalNo, outcome, proposedBy, reason }) => ({
        ...{ proposalNo, outcome, proposedBy: proposedBy.name, reason },
      }),
    ),
  };
}

function wholeNumber(text: string, option: string): number {
  if (!/^\d{1,4}$/.test(text)) throw notAllowed(option, '0, 1, 2 …');
  return Number(text);
}
