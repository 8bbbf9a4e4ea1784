import { type Static, Type } from 'typebox';

import { closed, list, oneOf, SystemMode, Text } from './values.ts';

export const LiveDocument = closed({ status: Type.Literal('ok') });

export const ReadyDocument = closed({
  ready: Type.Boolean(),
  mode: SystemMode,
  /** degraded: it settles, but a check is not ok. */
  detail: oneOf('ok', 'degraded'),
  checks: list(closed({ name: Text, ok: Type.Boolean() })),
  /** Where the keys are. Sealed software holds all of them in the engine's memory. */
  keystore: Type.Optional(oneOf('file', 'pkcs11', 'sealed-software')),
});
/** Can the engine settle? */
export type Readiness = Static<typeof ReadyDocument>;
