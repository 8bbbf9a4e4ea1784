import { type Static, Type } from 'typebox';

import { closed, Text } from '../../wire-schemas.ts';

export const SignInRequest = closed({
  terminalId: Type.String({ pattern: '^[A-Za-z0-9_.-]{1,64}$' }),
});
export type SignInRequest = Static<typeof SignInRequest>;

const AnswerKey = closed({
  keyId: Text,
  algorithm: Type.Literal('ed25519'),
  publicKey: Type.String({ description: 'SPKI DER, base64' }),
});

const wrappedKey = Type.String({
  pattern: '^[0-9A-Fa-f]{40}$',
  description:
    'SM4-ECB under the terminal master key (16 bytes) and key check value (4 bytes), hex',
});

export const SignInAnswer = closed({
  signNo: Text,
  serverTime: Text,
  businessDate: Text,
  pinKey: wrappedKey,
  macKey: wrappedKey,
  bankPinKey: Type.Union([Text, Type.Null()]),
  bankTerminalId: Text,
  bankMerchantId: Text,
  answerKey: AnswerKey,
});

export const AnswerKeysAnswer = closed({ keys: Type.Array(AnswerKey) });
