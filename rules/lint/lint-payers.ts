/** Bands, thresholds and caps of each payer, and the money it pays out of. */
import { type Fen, formatFen } from '../../engine/base/money/fen.ts';
import { compare, type Fraction, fraction, ONE, plus, shareText } from '../kernel/fraction.ts';
import { type Bucket, isHospitalPart, type PayerFile } from '../model/pack-file-payers.ts';
import { type Finding, findError, findWarning } from './finding.ts';
import type { LintScope } from './lint-scope.ts';

/** Findings on each payer, then on payers and account together. */
export function lintPayers(scope: LintScope): readonly Finding[] {
  const { payers } = scope.file;
  return [
    ...payers.flatMap((payer, index) => {
      const path = `payers[${index}]`;
      return [
        ...lintRatios(payer, path),
        ...lintThresholds(scope, payer, path),
        ...lintCaps(scope, payer, path),
        ...lintModifiers(payer, path),
        ...lintFund(payer, path),
      ];
    }),
    ...lintSameFund(payers),
    ...lintBuckets(scope),
  ];
}

function fixedRatios({ bands }: PayerFile['choices'][number]): readonly (Fraction | undefined)[] {
  return bands.map(({ ratio }) => (typeof ratio === 'string' ? fraction(ratio) : undefined));
}

/**
 * One finding per payer, as its choices mostly fall together. A ratio of zero is the end of cover.
 */
function lintRatios(payer: PayerFile, path: string): readonly Finding[] {
  const falls = payer.choices.flatMap((choice, nth) => {
    const ratios = fixedRatios(choice);
    const index = ratios.findIndex((ratio, each) => {
      const before = ratios[each - 1];
      if (ratio === undefined || before === undefined || ratio.num === 0n) return false;
      return compare(ratio, before) < 0;
    });
    const [from, to] = [ratios[index - 1], ratios[index]];
    if (from === undefined || to === undefined) return [];
    return {
      bandPath: `choices[${nth}].bands[${index}]`,
      from: shareText(from),
      to: shareText(to),
    };
  });
  const [first] = falls;
  if (first === undefined) return [];
  const { from, to } = first;
  const [some, all] = [falls.length, payer.choices.length];
  return [
    findWarning(`${path}.${first.bandPath}.ratio`, to, {
      en: `the share falls in a higher band, here from ${from} (${some} of ${all} choices): as published?`,
      zh: `高一段的支付比例下降，此处原为 ${from}（${all} 条中的 ${some} 条）：是否与公布的一致？`,
    }),
  ];
}

function lintThresholds(scope: LintScope, payer: PayerFile, path: string): readonly Finding[] {
  if (payer.edgesFrom === 'threshold') return [];
  const smallest = smallestAmount(scope, payer.thresholds ?? []);
  if (smallest === undefined) return [];
  return payer.choices.flatMap((choice, nth) => {
    const edges = choice.bands.flatMap(({ upTo }) => {
      const edge = upTo === undefined ? undefined : scope.fixed(upTo);
      return edge === undefined ? [] : [edge];
    });
    const passed = edges.filter((edge) => edge <= smallest).length;
    if (passed === 0) return [];
    const bandsPath = `${path}.choices[${nth}].bands`;
    const threshold = formatFen(smallest);
    if (passed === choice.bands.length - 1) {
      return findError(bandsPath, threshold, {
        en: 'the threshold lies above every edge, so that only the last band pays: edgesFrom "threshold"?',
        zh: '起付标准高于所有分段界限，只有最后一段会支付：是否应为 edgesFrom "threshold"？',
      });
    }
    return findWarning(bandsPath, threshold, {
      en: `${passed} band(s) lie below the threshold and never pay`,
      zh: `${passed} 个分段位于起付标准以下，从不支付`,
    });
  });
}

function lintCaps(scope: LintScope, payer: PayerFile, path: string): readonly Finding[] {
  const smallest = smallestAmount(scope, scope.file.deductible?.choices ?? []);
  return (payer.caps ?? []).flatMap((cap, index) => {
    const amount = scope.fixed(cap.amount);
    const amountPath = `${path}.caps[${index}].amount`;
    if (amount === 0n) {
      return findWarning(amountPath, cap.amount, {
        en: 'a cap of nothing: this payer never pays where it holds',
        zh: '限额为零：适用时该支付方从不支付',
      });
    }
    if (amount === undefined || smallest === undefined || cap.on !== 'in-scope') return [];
    if (smallest === 0n || amount > smallest) return [];
    return findError(amountPath, cap.amount, {
      en: `caps the money with the deductible below the deductible itself, ${formatFen(smallest)}`,
      zh: `含起付线的费用限额不高于起付线 ${formatFen(smallest)}`,
    });
  });
}

/** The smallest fixed amount of a list, or undefined when one of them is a formula of the bill. */
function smallestAmount(
  scope: LintScope,
  entries: readonly { readonly amount: Parameters<LintScope['fixed']>[0] }[],
): Fen | undefined {
  let smallest: Fen | undefined;
  for (const { amount } of entries) {
    const fixed = scope.fixed(amount);
    if (fixed === undefined) return undefined;
    if (smallest === undefined || fixed < smallest) smallest = fixed;
  }
  return smallest;
}

/** Ratios are limited to 0 to 1, so points that lead beyond contradict the published text. */
function lintModifiers(payer: PayerFile, path: string): readonly Finding[] {
  const ratios = payer.choices.flatMap(fixedRatios).filter((ratio) => ratio !== undefined);
  return (payer.modifiers ?? []).flatMap((modifier, index) => {
    if (modifier.points === undefined) return [];
    const points = fraction(modifier.points.replace('+', ''));
    const isOut = (ratio: Fraction) => {
      const sum = plus(ratio, points);
      const isOpen = ratio.num > 0n && compare(ratio, ONE) < 0;
      return isOpen && (compare(sum, ONE) > 0 || sum.num < 0n);
    };
    const out = ratios.find(isOut);
    if (out === undefined) return [];
    return findWarning(`${path}.modifiers[${index}].points`, modifier.points, {
      en: `leads from ${shareText(out)} beyond 0 or 1, where it is limited`,
      zh: `使 ${shareText(out)} 超出 0 至 1，按界限计算`,
    });
  });
}

function lintFund(payer: PayerFile, path: string): readonly Finding[] {
  const { field, fundType, from } = payer;
  const isHospital = isHospitalPart(field);
  const findings: Finding[] = [];
  if (isHospital !== fundType.startsWith('9999')) {
    const words = {
      en: `fund types 9999xx are the hospital's part (hosp_part_amt, ownpay_hosp_part), and no others, but here ${field}`,
      zh: `基金支付类型 9999xx 只用于医院负担（hosp_part_amt、ownpay_hosp_part），此处为 ${field}`,
    };
    findings.push(findWarning(`${path}.fundType`, fundType, words));
  }
  const outside = from.filter((bucket) => OUT_OF_SCOPE.includes(bucket));
  if (!isHospital && outside.length > 0) {
    const words = {
      en: 'a fund pays money outside the insured scope: as published?',
      zh: '基金支付政策范围外的费用：是否与公布的一致？',
    };
    findings.push(findWarning(`${path}.from`, outside, words));
  }
  return findings;
}

const OUT_OF_SCOPE: readonly Bucket[] = ['over-limit', 'full-own-pay', 'no-code'];

/** A fund type is one amount in the reply: it is counted or not, the same for all its payers. */
function lintSameFund(payers: readonly PayerFile[]): readonly Finding[] {
  const isCounted = ({ counted, field }: PayerFile) => counted ?? !isHospitalPart(field);
  return payers.flatMap((payer, index) => {
    const earlier = payers
      .slice(0, index)
      .find(({ fundType, field }) => fundType === payer.fundType && field === payer.field);
    if (earlier === undefined || isCounted(earlier) === isCounted(payer)) return [];
    return findError(`payers[${index}].counted`, payer.counted, {
      en: `${payer.fundType} is counted in fund_pay_sumamt by ${earlier.id} and not here, or the reverse`,
      zh: `基金 ${payer.fundType} 在 ${earlier.id} 与此处是否计入 fund_pay_sumamt 不一致`,
    });
  });
}

/** A payer can take money only from buckets that an earlier stage fills. */
function lintBuckets({ file }: LintScope): readonly Finding[] {
  const available = new Set<Bucket>(['coinsurance', 'prior-self-pay', ...OUT_OF_SCOPE]);
  if (file.deductible !== undefined) available.add('deductible');
  if (file.outOfAreaSelfPay !== undefined) available.add('out-of-area');
  const findings: Finding[] = [];
  file.payers.forEach((payer, index) => {
    if (!payer.from.some((bucket) => available.has(bucket))) {
      const words = {
        en: "these buckets are empty when this payer's turn comes: it never pays",
        zh: '轮到该支付方时，其中没有费用，从不支付',
      };
      findings.push(findError(`payers[${index}].from`, payer.from, words));
    }
    if (payer.overCap === 'above-cap') available.add('above-cap');
  });
  file.account.choices.forEach(({ mayPay }, index) => {
    if (!mayPay.includes('no-code')) return;
    const words = {
      en: 'the account pays items that no insurance code names: as published?',
      zh: '个人账户可支付没有医保编码的项目：是否与公布的一致？',
    };
    findings.push(findWarning(`account.choices[${index}].mayPay`, mayPay, words));
  });
  return findings;
}
