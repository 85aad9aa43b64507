import { Anchor, type AnchorProps } from '@mantine/core';
import { createLink } from '@tanstack/react-router';
import type { AnchorHTMLAttributes, Ref } from 'react';

type Attributes = Omit<AnchorHTMLAttributes<HTMLAnchorElement>, keyof AnchorProps>;

interface LinkProps extends AnchorProps, Attributes {
  readonly ref?: Ref<HTMLAnchorElement>;
}

/** A link to another of these pages. */
export const TextLink = createLink((props: LinkProps) => <Anchor {...props} />);

/** The same among the places of the account. The one that is open has `aria-current`, by which it is shown. */
export const NavLink = createLink((props: LinkProps) => <Anchor underline="never" {...props} />);
