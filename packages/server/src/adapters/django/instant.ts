/** What Django writes into SQLite, and PostgreSQL gives as text: a day, a time, a fraction, a zone (`+02`, `+0530`, `+05:30`, `Z`). */
const FORM =
  /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(?:Z|([+-])(\d\d)(?::?(\d\d))?)?)?$/;

/**
 * A date and time as milliseconds since 1970, cut, not rounded. Without a zone it is UTC, as Django stores it.
 * Undefined for a text that names no instant, such as the 30th of February.
 */
export function parseInstant(text: string): number | undefined {
  const match = FORM.exec(text);
  if (match === null) return undefined;
  const part = (index: number) => Number(match[index] ?? 0);
  const fraction = Number((match[7] ?? '').padEnd(3, '0').slice(0, 3));
  const local = new Date(0);
  local.setUTCFullYear(part(1), part(2) - 1, part(3));
  local.setUTCHours(part(4), part(5), part(6), fraction);
  const isReal =
    local.getUTCFullYear() === part(1) &&
    local.getUTCMonth() === part(2) - 1 &&
    local.getUTCDate() === part(3);
  if (!isReal || part(4) > 23 || part(5) > 59 || part(6) > 59 || part(9) > 23 || part(10) > 59)
    return undefined;
  const offset = (part(9) * 60 + part(10)) * 60_000;
  return local.getTime() - (match[8] === '-' ? -offset : offset);
}
