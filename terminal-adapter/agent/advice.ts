/**
 * What the cashier is told when the kit itself ends an operation or leaves it open. What the engine
 * refuses comes with words of its own, from the engine's registry of errors.
 */
import type { ReaderErrorCode } from '../readers/reader.ts';
import type { DebitError } from '../session/debit-session.ts';

export type Text = { readonly zh: string; readonly en: string };

/** What happened, and what the cashier does now. */
export type Advice = { readonly code: AdviceCode; readonly message: Text; readonly cashier: Text };

/** What can go wrong between terminal and card; a failure of the reader counts by its own code. */
export type CardFailureCode = ReaderErrorCode | Exclude<DebitError['code'], 'READER_FAILED'>;

/** Why an operation stopped before any money could move. */
export type StopCode =
  | CardFailureCode
  | 'NO_PIN'
  | 'NOT_CONFIRMED'
  | 'PIN_KEYS_REFUSED'
  | 'UNREACHABLE'
  | 'NO_ANSWER';

/** Why money may have moved, and nobody here knows. */
type OpenCode =
  | 'OUTCOME_UNKNOWN'
  | 'REFUND_OUTCOME_UNKNOWN'
  | 'KEY_ALREADY_APPROVED'
  | 'CHIP_REFUSED_BANK_ANSWER';

export type AdviceCode = StopCode | OpenCode;

/** An operation that ended before any money could move: it may be started again. */
export type Stopped = {
  readonly kind: 'stopped';
  readonly by: 'card' | 'pin-pad' | 'holder' | 'engine';
} & Advice;

/** The kit's own code with its words. */
export function adviceOf(code: AdviceCode): Advice {
  const [zh, en, cashierZh, cashierEn] = texts[code];
  return { code, message: { zh, en }, cashier: { zh: cashierZh, en: cashierEn } };
}

export function stopped(by: Stopped['by'], code: StopCode): Stopped {
  return { kind: 'stopped', by, ...adviceOf(code) };
}

type Row = readonly [zh: string, en: string, cashierZh: string, cashierEn: string];

const reinsert = ['未收款；请重新插卡再试', 'Nothing was charged; insert the card again'] as const;

const texts: { readonly [Code in AdviceCode]: Row } = {
  // Card and reader
  NO_CARD: [
    '读卡器中没有卡',
    'There is no card in the reader',
    '未收款；请插卡后再试',
    'Nothing was charged; insert the card and try again',
  ],
  CARD_GONE: ['卡已被取出', 'The card was taken out too early', ...reinsert],
  READER_TIMEOUT: ['卡没有应答', 'The card does not answer', ...reinsert],
  RESPONSE_SHORT: ['卡的应答不完整', 'The answer of the card is not complete', ...reinsert],
  STATUS_WORD: ['卡拒绝了操作', 'The card refused a command', ...reinsert],
  RESPONSE_MALFORMED: [
    '卡的应答不符合规范',
    'The answer of the card does not follow the standard',
    ...reinsert,
  ],
  CARD_BUSY: [
    '卡正被其他程序使用',
    'Another program uses the card',
    '未收款；请关闭其他读卡程序后再试',
    'Nothing was charged; close the other program and try again',
  ],
  READER_GONE: [
    '读卡器未连接',
    'The reader is not connected',
    '未收款；请检查读卡器连线后再试',
    'Nothing was charged; check the cable of the reader and try again',
  ],
  REPLAY_DEVIATION: [
    '与录制的会话不一致',
    'The conversation differs from the recorded one',
    '未收款；请联系软件服务商',
    'Nothing was charged; call the software supplier',
  ],
  NOT_A_SOCIAL_SECURITY_CARD: [
    '不是社会保障卡',
    'This is not a social-security card',
    '未收款；请使用社会保障卡',
    'Nothing was charged; ask for the social-security card',
  ],
  CARD_DATA_MALFORMED: [
    '卡内数据不正确',
    'The data on the card are not well formed',
    '未收款；请重新插卡，仍失败请持卡人到社保窗口',
    'Nothing was charged; insert the card again; if it persists send the holder to the card office',
  ],
  CARD_DECLINED: [
    '卡的银行应用拒绝交易',
    'The bank application of the card refuses',
    '未收款；可改用现金',
    'Nothing was charged; take cash instead',
  ],
  // Holder and PIN pad
  NO_PIN: [
    '未输入密码',
    'No PIN was entered',
    '未收款；请持卡人输入密码后再试',
    'Nothing was charged; try again when the holder is ready to enter the PIN',
  ],
  NOT_CONFIRMED: [
    '持卡人未同意付款',
    'The holder did not agree to pay',
    '未收款',
    'Nothing was charged',
  ],
  PIN_KEYS_REFUSED: [
    '密码键盘未能装入密钥',
    'The PIN pad did not take the keys of the sign-in',
    '请重新签到；仍失败请联系管理员',
    'Sign in again; if it persists call the administrator',
  ],
  // Engine, while only a question was asked
  UNREACHABLE: [
    '无法连接结算系统',
    'The engine cannot be reached',
    '本次操作未收款；请检查网络后再试',
    'Nothing was charged by this; check the network and try again',
  ],
  NO_ANSWER: [
    '结算系统没有可信的应答',
    'The engine gave no answer that can be trusted',
    '本次操作未收款；请稍后再试',
    'Nothing was charged by this; try again later',
  ],
  // Money may have moved
  OUTCOME_UNKNOWN: [
    '结果尚未确定',
    'The outcome is not known yet',
    '请勿重复收款，请稍后查询',
    'Do not collect again; enquire later',
  ],
  REFUND_OUTCOME_UNKNOWN: [
    '退费结果尚未确定',
    'The outcome of the refund is not known yet',
    '请勿重复退费，也请勿另退现金，请稍后查询',
    'Neither refund again nor pay back in cash; enquire later',
  ],
  KEY_ALREADY_APPROVED: [
    '该请求号此前的交易已成交',
    'The earlier request of this key was approved',
    '请勿重复收款或退费；请查询该笔结算，确属另一张单才重新发起',
    'Do not collect again, nor refund again; look that settlement up, start anew only for another bill',
  ],
  CHIP_REFUSED_BANK_ANSWER: [
    '芯片不认可银行的应答，退费尚未完成',
    'The chip did not accept the answer of the bank, and the refund is not done yet',
    '请勿交付，也请勿重复收款；请查询该笔结算，未退的请退费',
    'Hand nothing over and do not collect again; look the settlement up, refund it if it stands',
  ],
};
