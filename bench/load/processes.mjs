// What a server's processes have used, from /proc. On other systems than Linux the figures are left out.
import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second: Linux has 100 in every build that counts. */
const TICKS_A_SECOND = 100;

/** The fields of /proc/<pid>/stat after the name, which may hold spaces. @param {number} pid */
function statOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/** The process, its children and theirs. @param {number} root @returns {number[]} */
export function familyOf(root) {
  let all;
  try {
    all = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [root];
  }
  const parents = all.map((pid) => [pid, Number(statOf(pid)?.[1])]);
  const family = [root];
  for (const member of family) {
    for (const [pid, parent] of parents) if (parent === member) family.push(pid);
  }
  return family;
}

/** User and system time of these processes in milliseconds; undefined where it cannot be read. @param {readonly number[]} pids */
export function cpuMillisecondsOf(pids) {
  let ticks = 0;
  for (const pid of pids) {
    const stat = statOf(pid);
    if (stat === undefined) return undefined;
    ticks += Number(stat[11]) + Number(stat[12]);
  }
  return (ticks * 1000) / TICKS_A_SECOND;
}

/** @param {number} pid */
function residentOf(pid) {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
  const kilobytes = (/** @type {string} */ name) =>
    Number(new RegExp(`^${name}: +(\\d+)`, 'm').exec(text)?.[1]);
  const own = kilobytes('Private_Clean') + kilobytes('Private_Dirty');
  return { own, shared: kilobytes('Rss') - own };
}

/**
 * Resident memory of these processes in bytes. What they share is counted once, as the most that one of them has of
 * it. Pss would not do: it divides Node itself among all systems that happen to run.
 * @param {readonly number[]} pids
 */
export function memoryOf(pids) {
  try {
    const all = pids.map(residentOf);
    const own = all.reduce((sum, one) => sum + one.own, 0);
    return (own + Math.max(...all.map(({ shared }) => shared))) * 1024;
  } catch {
    return undefined;
  }
}
