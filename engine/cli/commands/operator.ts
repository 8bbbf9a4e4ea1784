import type { Command } from 'commander';
import type { OperatorAccount } from '../../domain/operator/account.ts';
import type { AccountOrder } from '../../domain/operator/administer.ts';
import type { Role } from '../../domain/principal/principal.ts';
import { isRole, roles } from '../../domain/principal/principal.ts';
import type { Enrolment } from '../../flows/operator/administer-operators.ts';
import { readConfig } from '../../ops/config.ts';
import type { CliContext } from '../cli-context.ts';
import { notAllowed } from '../cli-context.ts';
import { printTable } from './rules/print-table.ts';

type Grants = {
  readonly roles?: string;
  readonly regions?: string;
  readonly institutions?: string;
  readonly login?: string;
};

const grantOptions = [
  ['--roles <list>', `岗位，逗号分隔 / roles, with commas: ${roles.join(', ')}`],
  ['--regions <list>', '负责的地区，六位代码，000000 为全国 / regions; 000000: the whole country'],
  ['--institutions <list>', '负责的机构 / institutions'],
  ['--login <name>', '对应的数据库账号 / database login that is this operator’s; none: nobody’s'],
] as const;

/** `yikatong operator …`: accounts of operators, under the login of the database's owner. */
export function addOperators(program: Command, context: CliContext): void {
  const operator = program
    .command('operator')
    .description('操作员账号、岗位与范围 / operators: their accounts, roles and scopes');
  addMake(operator, context);
  addChange(operator, context);
  addStates(operator, context);
  operator
    .command('reset <name>')
    .description('重置口令和动态码，解除锁定 / new password and second factor; ends a lock')
    .action(async (name: string) => {
      const { administerOperators } = await context.loadMain();
      const made = await administerOperators(readConfig(context.env), (office) =>
        office.reset(name),
      );
      printEnrolment(context, made);
    });
  operator
    .command('list')
    .description('列出账号 / accounts')
    .option('--json', 'JSON')
    .action(async ({ json = false }: { readonly json?: boolean }) => {
      const { administerOperators } = await context.loadMain();
      const all = await administerOperators(readConfig(context.env), (office) => office.list());
      if (json) return context.print(JSON.stringify(all, undefined, 2));
      printAccounts(context, all);
    });
}

function addMake(operator: Command, context: CliContext): void {
  const add = operator
    .command('add <name>')
    .description('建立账号，口令和动态码密钥只显示一次 / make one; its secrets are shown once');
  for (const [flags, words] of grantOptions) add.option(flags, words);
  add.action(async (name: string, grants: Grants) => {
    const { administerOperators } = await context.loadMain();
    const { databaseLogin } = orderOf(grants);
    const order = {
      ...{ name, roles: rolesOf(grants.roles ?? '') },
      scopes: { regions: listOf(grants.regions), institutions: listOf(grants.institutions) },
      databaseLogin: databaseLogin ?? undefined,
    };
    const made = await administerOperators(readConfig(context.env), (office) => office.add(order));
    printEnrolment(context, made);
  });
}

function addChange(operator: Command, context: CliContext): void {
  const change = operator
    .command('change <name>')
    .description('更改岗位、范围或数据库账号 / change roles, scopes or login')
    .requiredOption('--reason <text>', '原因（勿含个人信息）/ why; no personal data');
  for (const [flags, words] of grantOptions) change.option(flags, words);
  change.action(async (name: string, grants: Grants & { readonly reason: string }) => {
    const order = { ...orderOf(grants), reason: grants.reason };
    printAccounts(context, [await changeAccount(context, name, order)]);
  });
}

const states = [
  ['suspend', 'suspended', '停用，登录立即失效 / suspend; its sessions end at once'],
  ['resume', 'active', '恢复 / end the suspension'],
  ['close', 'closed', '注销，不能再启用 / close for good'],
] as const;

function addStates(operator: Command, context: CliContext): void {
  for (const [name, state, words] of states) {
    operator
      .command(`${name} <name>`)
      .description(words)
      .requiredOption('--reason <text>', '原因（勿含个人信息）/ why; no personal data')
      .action(async (account: string, { reason }: { readonly reason: string }) => {
        printAccounts(context, [await changeAccount(context, account, { state, reason })]);
      });
  }
}

async function changeAccount(
  context: CliContext,
  name: string,
  order: AccountOrder & { readonly reason: string },
): Promise<OperatorAccount> {
  const { administerOperators } = await context.loadMain();
  return administerOperators(readConfig(context.env), (office) => office.change(name, order));
}

/** Only what was named; the scopes are given whole. */
function orderOf({ roles: names, regions, institutions, login }: Grants): AccountOrder {
  const isScoped = regions !== undefined || institutions !== undefined;
  return {
    ...(names !== undefined && { roles: rolesOf(names) }),
    ...(isScoped && { scopes: { regions: listOf(regions), institutions: listOf(institutions) } }),
    ...(login !== undefined && { databaseLogin: login === 'none' ? null : login }),
  };
}

function rolesOf(text: string): readonly Role[] {
  const names = listOf(text);
  const known = names.filter(isRole);
  if (known.length < names.length || known.length === 0) {
    throw notAllowed('--roles', roles.join(', '));
  }
  return known;
}

function listOf(text = ''): readonly string[] {
  return text.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
}

function printEnrolment(context: CliContext, { account, password, secret, secretUri }: Enrolment) {
  context.print(`账号 / account: ${account.name}`);
  context.print(`口令，首次登录须修改 / password, to be changed at the first sign-in: ${password}`);
  context.print(`动态码密钥 / secret of the second factor: ${secret}`);
  context.print(`动态码链接 / the same as a link: ${secretUri}`);
  context.print('以上不再显示，请当面交付 / not shown again; hand it over in person');
}

function printAccounts(context: CliContext, accounts: readonly OperatorAccount[]): void {
  if (accounts.length === 0) {
    context.print('还没有账号 / there is no account yet');
    return;
  }
  const heads = [
    '账号 / name',
    '岗位 / roles',
    '范围 / scopes',
    '状态 / state',
    '数据库账号 / login',
  ];
  printTable(
    context,
    heads.map((head) => ({ head })),
    accounts.map(({ name, roles: names, scopes, state, databaseLogin }) => [
      ...[name, names.join(' '), [...scopes.regions, ...scopes.institutions].join(' ')],
      ...[state, databaseLogin ?? ''],
    ]),
  );
}
