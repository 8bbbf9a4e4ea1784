import { Type } from 'typebox';

import { closed, Text } from '../../wire-schemas.ts';

export const LiveAnswer = closed({ status: Type.Literal('ok') });

export const ReadyAnswer = closed({
  ready: Type.Boolean(),
  detail: Type.Union([Type.Literal('ok'), Type.Literal('degraded')]),
  checks: Type.Array(closed({ name: Text, ok: Type.Boolean() })),
});
