/** What a counter shows while an operation runs: one code and its words for every step. */
import type { Text } from './advice.ts';

const texts = {
  'insert-card': { zh: '请插入社会保障卡', en: 'Insert the social-security card' },
  'reading-card': { zh: '正在读卡，请勿取出', en: 'Reading the card; leave it in the reader' },
  'card-may-be-listed': {
    zh: '此卡可能在无效卡名单中，正在联网核实',
    en: 'The card may be on an invalid list; the engine is asked',
  },
  'enter-medical-pin': { zh: '请持卡人输入医保密码', en: 'The holder enters the medical PIN' },
  'enter-bank-pin': { zh: '请持卡人输入银行密码', en: 'The holder enters the bank PIN' },
  'asking-engine': { zh: '正在请求结算系统', en: 'Asking the engine' },
  'asking-bank': { zh: '正在请求银行扣款', en: 'The engine asks the bank' },
  waiting: { zh: '系统繁忙，请稍候', en: 'The engine is busy; please wait' },
  enquiring: {
    zh: '正在查询结果，请勿重复操作',
    en: 'Finding out the outcome; do not start it again',
  },
  'remove-card': { zh: '请取卡', en: 'Take the card' },
  done: { zh: '操作结束', en: 'Done' },
} as const satisfies Readonly<Record<string, Text>>;

export type ProgressCode = keyof typeof texts;

export type ProgressEvent = { readonly code: ProgressCode } & Text;

export type OnProgress = (event: ProgressEvent) => void;

/** Tells one step. A display that throws must not end an operation while money may be moving. */
export function tell(onProgress: OnProgress | undefined, code: ProgressCode): void {
  try {
    onProgress?.({ code, ...texts[code] });
  } catch {
    // The operation is worth more than its display.
  }
}
