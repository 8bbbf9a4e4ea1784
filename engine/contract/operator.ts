/** Operators: sign-in with a second factor, and their accounts. */
import { type Static, Type } from 'typebox';
import { closed, list, oneOf, orNull, Text } from './values.ts';

export const RoleText = oneOf(
  ...(['cashier', 'supervisor', 'card-officer', 'bank-officer', 'finance'] as const),
  ...(['clearing', 'policy', 'auditor', 'administrator'] as const),
);

const AccountName = Type.String({
  pattern: '^[a-z][a-z0-9._-]{1,38}$',
  examples: ['wang.fang'],
  description: 'Of the account; one person’s',
});
const Password = Type.String({ minLength: 1, maxLength: 200, description: 'Never logged' });
const Code = Type.String({
  pattern: '^[0-9]{6}$',
  description: 'Of the authenticator (TOTP, RFC 6238); good once, and thirty seconds early or late',
});
const RegionCode = Type.String({
  pattern: '^[0-9]{6}$',
  examples: ['441900'],
  description: 'The region and all below it; 000000 is the whole country',
});
const InstitutionText = Type.String({ pattern: '^[HP][0-9]{11}$', examples: ['H44190000001'] });

export const OperatorSignInRequest = closed({
  name: Type.String({ minLength: 1, maxLength: 64 }),
  password: Password,
  code: Code,
});

export const OperatorDocument = closed({
  name: AccountName,
  roles: list(RoleText),
  regions: list(RegionCode),
  institutions: list(InstitutionText),
  state: oneOf('active', 'suspended', 'closed'),
  databaseLogin: orNull(Text),
});
export type OperatorDocument = Static<typeof OperatorDocument>;

export const OperatorSessionDocument = closed({
  token: Type.String({ description: 'Authorization: Bearer …; told once' }),
  /** Earlier when it is not used. */
  expiresAt: Text,
  /** Only the password may be changed until it was. */
  mustChangePassword: Type.Boolean(),
  operator: OperatorDocument,
});

export const WhoAmIDocument = closed({
  session: Text,
  mustChangePassword: Type.Boolean(),
  operator: OperatorDocument,
});

export const EmptyRequest = closed({});
export const DoneDocument = closed({ done: Type.Literal(true) });

export const OperatorPasswordRequest = closed({ oldPassword: Password, newPassword: Password });

export const OperatorParams = closed({ name: AccountName });

const Roles = list(RoleText, { maxItems: 9, uniqueItems: true });
const Regions = list(RegionCode, { maxItems: 100, uniqueItems: true });
const Institutions = list(InstitutionText, { maxItems: 100, uniqueItems: true });
const LoginName = Type.String({ pattern: '^[a-z][a-z0-9_]{1,38}$' });

export const NewOperatorRequest = closed({
  name: AccountName,
  roles: Roles,
  regions: Regions,
  institutions: Institutions,
  databaseLogin: orNull(LoginName),
});

/** Members that are left out stay as they are. */
export const ChangeOperatorRequest = closed({
  roles: Type.Optional(Roles),
  regions: Type.Optional(Regions),
  institutions: Type.Optional(Institutions),
  state: Type.Optional(oneOf('active', 'suspended', 'closed')),
  databaseLogin: Type.Optional(orNull(LoginName)),
  reason: Type.String({ minLength: 1, maxLength: 200, description: 'Why; no personal data' }),
});

/** Told once: to be handed to the operator in person. */
export const EnrolmentDocument = closed({
  operator: OperatorDocument,
  password: Text,
  secret: Type.String({ description: 'Secret of the second factor, base 32' }),
  secretUri: Type.String({ description: 'The same as a link for an authenticator app' }),
});

export const OperatorsDocument = closed({ operators: list(OperatorDocument) });

const Moment = Type.String({
  pattern:
    '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,3})?(Z|[+-][0-9]{2}:[0-9]{2})$',
  examples: ['2026-11-30T08:00:00+08:00'],
});

/** In a body and not in an address, which others write down. */
export const TrailRequest = closed({
  since: Moment,
  until: Moment,
  personNo: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9]{1,30}$' })),
  by: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  action: Type.Optional(Type.String({ pattern: '^[a-z.-]{1,40}$' })),
  limit: Type.String({ pattern: '^(?:[1-9][0-9]{0,2}|1000)$', examples: ['100'] }),
});

export const TrailItemDocument = closed({
  source: oneOf('audit', 'request', 'card'),
  auditNo: orNull(Text),
  at: Text,
  by: closed({ kind: Text, id: Text }),
  action: Text,
  regions: list(Text),
  institution: orNull(Text),
  subject: orNull(Text),
  personRef: orNull(Type.String({ description: 'Keyed reference: the same for one person' })),
  outcome: Text,
  code: orNull(Text),
  evidence: orNull(Text),
  begunNo: orNull(Text),
});

export const TrailDocument = closed({ items: list(TrailItemDocument) });

export const ProposalParams = closed({ no: Type.String({ pattern: '^[0-9]{1,15}$' }) });

export const ProposalDocument = closed({
  proposalNo: Text,
  action: Text,
  region: Text,
  institution: orNull(Text),
  content: Type.Unknown({ description: 'What would be done, in the words of the action' }),
  reason: Text,
  by: Text,
  at: Text,
  expiresAt: Text,
});

export const ProposalsDocument = closed({ proposals: list(ProposalDocument) });
