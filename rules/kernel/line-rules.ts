/**
 * The words for what every pack shares: the parts of a line, and the buckets that account and
 * patient pay.
 */
import type { Bucket, LineRules, Rule } from '../model/pack.ts';
import { BUCKETS } from './unpaid.ts';

const BUCKET_WORDS: Readonly<Record<Bucket, { readonly zh: string; readonly en: string }>> = {
  deductible: { zh: '起付线', en: 'deductible' },
  coinsurance: { zh: '按比例自付', en: 'coinsurance' },
  'above-cap': { zh: '超过基金限额部分', en: 'amount above the fund cap' },
  'prior-self-pay': { zh: '先行自付', en: 'prior self-pay' },
  'over-limit': { zh: '超限价自费', en: 'amount over the price limit' },
  'full-own-pay': { zh: '全自费', en: 'full own-pay' },
  'no-code': { zh: '无医保编码项目', en: 'items without an insurance code' },
};

/** One rule for each part of a line; `base` is the pack's common id and source for them. */
export function lineRules(base: { readonly id: string; readonly source: string }): LineRules {
  const rule = (part: string, zh: string, en: string): Rule => ({
    id: `${base.id}/${part}`,
    source: base.source,
    zh,
    en,
  });
  return {
    noCode: rule('no-code', '无医保编码，全额自费', 'No insurance code: full own-pay'),
    fullOwnPay: rule('full-own-pay', '自付比例100%，全额自费', 'Own-pay ratio 100 %: full own-pay'),
    overLimit: rule('over-limit', '超过医保限价部分', 'Over the price limit'),
    priorSelfPay: rule('prior-self-pay', '先行自付', 'Prior self-pay'),
    inScope: rule('in-scope', '符合政策范围金额', 'In scope'),
  };
}

/** "Personal account pays …" for one bucket. */
export function accountRule(
  base: { readonly id: string; readonly source: string },
  bucket: Bucket,
): Rule {
  const words = BUCKET_WORDS[bucket];
  return {
    id: `${base.id}/${bucket}`,
    source: base.source,
    zh: `个人账户支付${words.zh}`,
    en: `Personal account pays: ${words.en}`,
  };
}

/** "Patient pays …" for every bucket: the complement of all payers before. */
export function patientRules(source: string): Readonly<Record<Bucket, Rule>> {
  const entries = BUCKETS.map((bucket): [Bucket, Rule] => {
    const words = BUCKET_WORDS[bucket];
    const rule = {
      id: `patient/${bucket}`,
      source,
      zh: `个人支付${words.zh}`,
      en: `Patient pays: ${words.en}`,
    };
    return [bucket, rule];
  });
  return Object.fromEntries(entries) as Record<Bucket, Rule>;
}
