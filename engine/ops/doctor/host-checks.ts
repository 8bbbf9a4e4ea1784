import { once } from 'node:events';
import { statfs } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Finding } from './finding.ts';
import { finding } from './finding.ts';

/** Below this an engine stops within days, bytes. */
const DISK_LOW_BYTES = 2 * 1_024 ** 3;
/** Clocks further apart than this are not both right, ms. */
const CLOCK_APART_MAX_MS = 5_000;
/** The bank's port answers a connection within this time, ms. */
const BANK_CONNECT_MS = 3_000;

/** The room that is left for the data folder: keys, sandbox, and the embedded database. */
export async function checkDisk(folder: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(folder);
  return judgeDisk(folder, bavail * bsize);
}

/** @param freeBytes that are left where the folder stands */
export function judgeDisk(folder: string, freeBytes: number): Finding {
  const free = `${Math.floor(freeBytes / 1_024 ** 2)} MiB`;
  if (freeBytes >= DISK_LOW_BYTES) {
    return finding('disk', 'ok', {
      zh: `${folder} 剩余 ${free}`,
      en: `${free} are left for ${folder}`,
    });
  }
  return finding('disk', 'fault', {
    zh: `${folder} 仅剩 ${free}；请清理磁盘，或归档已移出的月份（yikatong months list）`,
    en: `only ${free} are left for ${folder}; free some space, or archive months that were taken away (yikatong months list)`,
  });
}

/** @param apartMs what this machine's clock is ahead of the database's */
export function judgeClock(apartMs: number): Finding {
  const seconds = Math.round(Math.abs(apartMs) / 1_000);
  if (Math.abs(apartMs) <= CLOCK_APART_MAX_MS) {
    return finding('clock', 'ok', {
      zh: `本机与数据库的时钟相差 ${seconds} 秒`,
      en: `the clocks of this machine and of the database are ${seconds} s apart`,
    });
  }
  return finding('clock', 'fault', {
    zh: `本机时钟比数据库${apartMs > 0 ? '快' : '慢'} ${seconds} 秒；结算按数据库时钟记日期，请核对两台机器的时间同步（chrony）`,
    en: `this machine's clock is ${seconds} s ${apartMs > 0 ? 'ahead of' : 'behind'} the database's, which dates settlements; see to the time service (chrony) of both machines`,
  });
}

type BankAddress = { readonly bankHost?: string; readonly bankPort?: number };

/** Does somebody listen at the bank's address? Nothing is sent. */
export async function checkBank({ bankHost, bankPort }: BankAddress): Promise<Finding> {
  if (bankHost === undefined || bankPort === undefined) {
    return finding('bank', 'ok', {
      zh: '使用沙盒银行，随引擎启动',
      en: "the sandbox's bank, which the engine starts",
    });
  }
  const address = `${bankHost}:${bankPort}`;
  const socket = connect({ host: bankHost, port: bankPort });
  try {
    await once(socket, 'connect', { signal: AbortSignal.timeout(BANK_CONNECT_MS) });
    return finding('bank', 'ok', {
      zh: `银行前置 ${address} 可连接`,
      en: `the bank's host ${address} takes connections`,
    });
  } catch {
    return finding('bank', 'fault', {
      zh: `银行前置 ${address} 无法连接；请检查专线、防火墙与 YIKATONG_BANK_HOST、YIKATONG_BANK_PORT`,
      en: `the bank's host ${address} takes no connection; see to the line, the firewall, YIKATONG_BANK_HOST and YIKATONG_BANK_PORT`,
    });
  } finally {
    socket.destroy();
  }
}
