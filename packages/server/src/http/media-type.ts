/** A media type as it stands in a header, taken apart. All in lower case but the values of parameters. */
export interface MediaType {
  readonly main: string;
  readonly sub: string;
  readonly parameters: ReadonlyMap<string, string>;
}

function parseParameter(part: string): [string, string] {
  const [name = '', ...rest] = part.split('=');
  const value = rest.join('=').trim();
  return [name.trim().toLowerCase(), value.replace(/^"(.*)"$/, '$1')];
}

/** Takes apart `type/sub; name=value`. Junk gives an empty sub type, which matches nothing. */
export function parseMediaType(text: string): MediaType {
  const [essence = '', ...parts] = text.split(';');
  const [main = '', ...sub] = essence.trim().toLowerCase().split('/');
  return { main, sub: sub.join('/'), parameters: new Map(parts.map(parseParameter)) };
}

/** REST framework's match of what we offer against what was asked for, where `*` is anything. */
export function matches(offer: string, asked: MediaType): boolean {
  const { main, sub } = parseMediaType(offer);
  return (asked.sub === '*' || asked.sub === sub) && (asked.main === '*' || asked.main === main);
}

/** How specific: 0 for any, 1 for any sub type, 2 for a type, 3 for one with parameters other than q. */
export function precedence({ main, sub, parameters }: MediaType): number {
  if (main === '*') return 0;
  if (sub === '*') return 1;
  const onlyQuality = parameters.size === 0 || (parameters.size === 1 && parameters.has('q'));
  return onlyQuality ? 2 : 3;
}
