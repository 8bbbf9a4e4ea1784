import { type Static, Type } from 'typebox';

import { closed, list, orNull, SystemMode, Text } from './values.ts';

/** Signs a terminal in (签到). */
export const SignInRequest = closed({
  terminalId: Type.String({ pattern: '^[A-Za-z0-9_.-]{1,64}$' }),
});
export type SignInRequest = Static<typeof SignInRequest>;

export const AnswerKey = closed({
  keyId: Text,
  algorithm: Type.Literal('ed25519'),
  publicKey: Type.String({ description: 'SPKI DER, base64' }),
});
/** The key that answers are signed with. */
export type AnswerKey = Static<typeof AnswerKey>;

const wrappedKey = Type.String({
  pattern: '^[0-9A-Fa-f]{40}$',
  description:
    'SM4-ECB under the terminal master key (16 bytes) and key check value (4 bytes), hex',
});

export const SignInDocument = closed({
  signNo: Text,
  serverTime: Text,
  businessDate: Text,
  mode: SystemMode,
  pinKey: wrappedKey,
  macKey: wrappedKey,
  /** As received from the bank; null: none received yet. */
  bankPinKey: orNull(Text),
  bankTerminalId: Text,
  bankMerchantId: Text,
  answerKey: AnswerKey,
});
export type SignInDocument = Static<typeof SignInDocument>;

export const AnswerKeysDocument = closed({ keys: list(AnswerKey) });
