type Parse = (userAgent: string) => { readonly browser: Named; readonly os: Named };
interface Named {
  readonly name?: string;
}

let parse: Parse | undefined;

/** Loaded when first asked for: most servers start without it being needed. */
async function parser(): Promise<Parse> {
  parse ??= (await import('bowser')).default.parse;
  return parse;
}

/** The name of a program that is no browser: `okhttp/4.12.0` is okhttp. */
const programOf = (userAgent: string) => /^([A-Za-z][\w .-]{0,29})(?:\/|$)/.exec(userAgent)?.[1];

/**
 * What a person may recognise a device by, from the user agent: `Firefox on Windows`, `curl`, or `Unknown device`. It is
 * what the device says of itself, and proves nothing.
 */
export async function deviceOf(userAgent: string): Promise<string> {
  if (userAgent === '') return 'Unknown device';
  const { browser, os } = (await parser())(userAgent);
  const program = browser.name || programOf(userAgent);
  if (!program) return os.name ? `Unknown program on ${os.name}` : 'Unknown device';
  return os.name ? `${program} on ${os.name}` : program;
}
