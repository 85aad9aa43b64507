/** The verbs of `LimitStore` as Lua, which Redis runs whole. The rules are those of `adapters/sql/limits.ts`. */

/** The count of a key, and what all scripts are given first. Numbers are milliseconds. */
const READ = `
local c = redis.call('HMGET', KEYS[1], 'count', 'since', 'delay', 'until', 'told', 'stale')
local count, since, delay = tonumber(c[1] or 0), tonumber(c[2] or 0), tonumber(c[3] or 0)
local till, told, stale = tonumber(c[4] or 0), tonumber(c[5] or 0), tonumber(c[6] or 0)
local at, most = tonumber(ARGV[1]), tonumber(ARGV[2])
local function text(number) return string.format('%.0f', number) end
`;

/** Gives -1 when it was counted, else how long the block still lasts, and 1 for the first who is told. */
const COUNT = `${READ}
local window, first, longest = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local remembered, tolerance = tonumber(ARGV[6]), tonumber(ARGV[7])
local length = first > 0 and delay or window
if till > at and till - length <= at + tolerance then
  if told == till then return {till - at, 0} end
  redis.call('HSET', KEYS[1], 'told', text(till))
  return {till - at, 1}
end
local isStale = stale <= at
if isStale or since + window <= at or since > at + tolerance then
  count, since = 0, at
end
count = count + 1
if isStale then delay = 0 end
if count < most then
  till = 0
  if isStale or stale <= at + window then stale = at + window end
else
  if delay == 0 then delay = first else delay = math.min(delay * 2, longest) end
  till = first > 0 and at + delay or since + window
  stale = at + remembered
end
redis.call('HSET', KEYS[1], 'count', text(count), 'since', text(since), 'delay', text(delay),
  'until', text(till), 'stale', text(stale))
redis.call('PEXPIRE', KEYS[1], text(stale - at + tolerance))
return {-1, 0}
`;

const GIVE_BACK = `${READ}
if count <= 0 then return 0 end
if count >= most and till > at then
  redis.call('HSET', KEYS[1], 'delay', text(math.floor(delay / 2)), 'until', '0')
end
return redis.call('HINCRBY', KEYS[1], 'count', -1)
`;

/** The scripts by the names of the commands that are made of them. */
export const SCRIPTS = { countLimit: COUNT, giveBackLimit: GIVE_BACK } as const;

export type ScriptName = keyof typeof SCRIPTS;
