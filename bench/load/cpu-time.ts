import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second in /proc, the same on every Linux. */
const TICKS_PER_SECOND = 100;

/**
 * CPU time that a process has used, ms; `with-children`: and its present children. Undefined where there
 * is no /proc. Children that have ended count once their parent has waited for them.
 */
export function cpuTimeOf(pid: number, whose: 'alone' | 'with-children'): number | undefined {
  try {
    const names = whose === 'alone' ? [String(pid)] : readdirSync('/proc');
    const processes = names.filter((name) => /^\d+$/.test(name)).map(readStat);
    const own = processes.filter((stat) => stat?.pid === pid || stat?.parent === pid);
    if (own.length === 0) return undefined;
    const ticks = own.reduce((sum, stat) => sum + (stat?.ticks ?? 0), 0);
    return (ticks * 1000) / TICKS_PER_SECOND;
  } catch {
    return undefined;
  }
}

function readStat(name: string) {
  try {
    return parseStat(readFileSync(`/proc/${name}/stat`, 'utf8'));
  } catch {
    // The process has ended since its name was listed.
    return undefined;
  }
}

/** One line of /proc/<pid>/stat: pid (command) state parent … user, system, children's user and system. */
export function parseStat(line: string): {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
} {
  const fields = line
    .slice(line.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [, parent = 0] = fields;
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + field, 0);
  return { pid: Number.parseInt(line, 10), parent, ticks };
}

/** What the cores of the machine did, ms of a core. */
export type MachineTimes = {
  /** Used by processes. */
  readonly used: number;
  /** Idle while something waited for a disk. */
  readonly waited: number;
  /** Given to other machines of the same host. */
  readonly stolen: number;
};

/** What all cores have done since the machine started. Undefined where there is no /proc. */
export function machineTimes(): MachineTimes | undefined {
  try {
    return parseMachineStat(readFileSync('/proc/stat', 'utf8'));
  } catch {
    return undefined;
  }
}

/** First line of /proc/stat: cpu, user, nice, system, idle, iowait, irq, softirq, steal, … */
export function parseMachineStat(text: string): MachineTimes {
  const fields = (text.split('\n')[0] ?? '').split(/ +/).map(Number);
  const [, user = 0, nice = 0, system = 0, , waited = 0, irq = 0, softirq = 0, stolen = 0] = fields;
  const ms = (ticks: number) => (ticks * 1000) / TICKS_PER_SECOND;
  return {
    used: ms(user + nice + system + irq + softirq),
    waited: ms(waited),
    stolen: ms(stolen),
  };
}
