import { faultTexts } from '../../../domain/invalid-list/list-texts.ts';
import type { ListRefusal } from '../../../flows/invalid-list/import-list.ts';
import { CliError } from '../../cli-context.ts';

/** Why a file was not taken, for whoever gave it. */
export function refusedList(refusal: ListRefusal): CliError {
  const { zh, en } = textOf(refusal);
  return new CliError({
    zh: `${zh}；名单未作任何更改`,
    en: `${en}; no list was changed`,
  });
}

function textOf(refusal: ListRefusal): { readonly zh: string; readonly en: string } {
  switch (refusal.kind) {
    case 'file': {
      const { zh, en } = faultTexts[refusal.fault];
      return { zh: `第 ${refusal.line} 行：${zh}`, en: `Line ${refusal.line}: ${en}` };
    }
    case 'misfit':
      return {
        zh: `第 ${refusal.line} 行：移出的卡不在名单上，或列入的卡已在名单上`,
        en: `Line ${refusal.line}: it takes off a card that is not listed, or lists one that is`,
      };
    case 'issuer':
      return {
        zh: `没有登记可为该名单签名的密钥 ${refusal.keyId}；用 yikatong list issuer add 登记`,
        en: `No key ${refusal.keyId} is on record that may sign this list; see yikatong list issuer add`,
      };
    case 'signature':
      return {
        zh: `签名不是密钥 ${refusal.keyId} 的签名`,
        en: `The signature is not that of the key ${refusal.keyId}`,
      };
    default:
      return versionText(refusal);
  }
}

type OfVersion = Exclude<
  ListRefusal,
  { readonly kind: 'file' | 'misfit' | 'issuer' | 'signature' }
>;

function versionText(refusal: OfVersion): { readonly zh: string; readonly en: string } {
  switch (refusal.kind) {
    case 'older':
      return {
        zh: `文件是第 ${refusal.version} 版，生效的已是第 ${refusal.inForce} 版；版本只进不退`,
        en: `The file is version ${refusal.version}, and ${refusal.inForce} is in force; versions never go back`,
      };
    case 'other':
      return {
        zh: `第 ${refusal.version} 版已生效，内容与本文件不同；请向发布方核实`,
        en: `Version ${refusal.version} is in force with other content; ask its issuer which is right`,
      };
    case 'base':
      return {
        zh: `增量以第 ${refusal.base} 版为基础，生效的是${refusal.inForce === undefined ? '空名单' : `第 ${refusal.inForce} 版`}；请先导入中间的增量或全量`,
        en: `The delta is for version ${refusal.base}, and ${refusal.inForce ?? 'none'} is in force; import what lies between, or the full list`,
      };
    case 'list-hash':
      return {
        zh: '导入后的名单与发布方的名单摘要不同；请改用全量',
        en: 'The list would not be that of its issuer; import the full list',
      };
    case 'kept-here':
      return {
        zh: '该名单由本系统依据卡状态生成，不接受导入',
        en: 'This list is made here, of the cards on record, and takes no file',
      };
    case 'elsewhere':
      return {
        zh: '另一个进程正在导入同一名单',
        en: 'Another process imports the same list',
      };
    case 'file-changed':
      return {
        zh: '文件在读取过程中被改动',
        en: 'The file was changed while it was read',
      };
  }
}
