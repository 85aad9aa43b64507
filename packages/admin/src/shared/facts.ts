/** What the server says of itself in the page. */
export interface Facts {
  /** TOKEN_TRANSPORT */
  readonly tokens: 'bearer' | 'cookie' | 'cookie-only';
  /** the pages that are served */
  readonly pages: readonly string[];
  /** can a profile have a picture? */
  readonly pictures: boolean;
  /** is it a development server? */
  readonly dev: boolean;
}

const told = document.querySelector<HTMLMetaElement>('meta[name=latchkey]')?.content;

/** As told; what a server without surprises would say where nothing is. */
export const facts: Facts = {
  tokens: 'bearer',
  pages: [],
  pictures: true,
  dev: false,
  ...JSON.parse(told ?? '{}'),
};
