import { readFileSync } from 'node:fs';
import type { Finding } from './finding.ts';
import { finding } from './finding.ts';

/** Would this process leave its keys on a disk? Where the system does not say (no /proc), that is told. */
export function checkMemory(): Finding {
  return judgeMemory(read('/proc/self/limits'), read('/proc/swaps'));
}

/** @param limits /proc/self/limits @param swaps /proc/swaps */
export function judgeMemory(limits: string | undefined, swaps: string | undefined): Finding {
  const core = /^Max core file size +(\S+)/m.exec(limits ?? '')?.[1];
  if (core !== '0') {
    return finding('memory', 'fault', {
      zh: `允许生成内核转储（${core ?? '未知'}），其中会含密钥；请设 LimitCORE=0（systemd）或 ulimit -c 0`,
      en: `core dumps are allowed (${core ?? 'unknown'}) and would hold keys; set LimitCORE=0 (systemd) or ulimit -c 0`,
    });
  }
  // The first line is the heading.
  const areas = (swaps ?? '').trim().split('\n').length - 1;
  if (areas > 0) {
    return finding('memory', 'advice', {
      zh: '已启用交换区，内存中的密钥可能写入磁盘；请设 MemorySwapMax=0（systemd）或关闭交换区',
      en: 'swap is on, and may take keys to a disk; set MemorySwapMax=0 (systemd) or switch it off',
    });
  }
  return finding('memory', 'ok', {
    zh: '不生成内核转储，未启用交换区',
    en: 'no core dumps, no swap',
  });
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
