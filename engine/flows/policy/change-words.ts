/** Words for what a change of the packs in force does to bills, in both languages. */
import type { PackMove } from '../../../rules/packs/compare-registries.ts';
import type { Reason } from './pack-text.ts';

/** A move, and how many settlements since its first day its old pack has split. */
export type CountedMove = PackMove & { readonly settlements: number };

/** "takes the place of …, for …, from … on; N settlements since then were split by it". */
export function describeMove(move: CountedMove): Reason {
  const { from, to, firstDay, settlements } = move;
  const [bills, billsEn] = describeBills(move);
  if (from === undefined) {
    return {
      zh: `${bills}，自 ${firstDay} 起由 ${to} 计算；此前没有策略包`,
      en: `${billsEn}: from ${firstDay} on ${to} pays; no pack did before`,
    };
  }
  const since = `自 ${firstDay} 起已有 ${settlements} 笔结算由 ${from} 计算，这些结算不变`;
  const sinceEn = `${settlements} settlements since then were split by ${from}, and stay as they are`;
  if (to === undefined) {
    return {
      zh: `${bills}，自 ${firstDay} 起没有策略包，账单将被拒绝；${since}`,
      en: `${billsEn}: from ${firstDay} on no pack pays, and bills are refused; ${sinceEn}`,
    };
  }
  return {
    zh: `${to} 取代 ${from}：${bills}，自 ${firstDay} 起；${since}`,
    en: `${to} takes the place of ${from}: ${billsEn}, from ${firstDay} on; ${sinceEn}`,
  };
}

function describeBills({ region, schemes, careTypes }: PackMove): readonly [string, string] {
  const [scheme, careType] = [schemes.join(' '), careTypes.join(' ')];
  return [
    `统筹区 ${region}，险种 ${scheme}，医疗类别 ${careType}`,
    `region ${region}, scheme ${scheme}, care type ${careType}`,
  ];
}

/** Why a pack that takes bills from others was refused: they must be named. */
export function unnamedReplacement(move: CountedMove): Reason {
  const { zh, en } = describeMove(move);
  return {
    zh: `${zh}。确认取代请加 --replaces ${move.from}`,
    en: `${en}. If that is meant, add --replaces ${move.from}`,
  };
}

export function nothingToReplace(id: string): Reason {
  return {
    zh: `--replaces ${id}：没有账单会由它转来；请核对编号与适用范围（yikatong rules list）`,
    en: `--replaces ${id}: no bill passes from it to these packs; check the id and for which bills they are (yikatong rules list)`,
  };
}

export const needsOperator: Reason = {
  zh: '此变更涉及今天以前的账单，须由两名操作员完成：请用 --login <姓名> 提出，再由另一人 yikatong rules approve',
  en: 'this changes who pays bills of days gone by, which takes two operators: propose it with --login <name>, and have another one approve it with yikatong rules approve',
};

export const paysNothing: Reason = {
  zh: '没有账单会由它计算：它仅供测试，或已有更具体、更晚生效的策略包；要取代它们，请用 --replaces 写明编号（yikatong rules list）',
  en: 'no bill would be paid by it: it is for tests only, or others are more specific or begin later; to take their place name them with --replaces (yikatong rules list)',
};
