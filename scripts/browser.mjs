import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

/** The one without windows does the same with less work. */
const PROGRAMS = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium'];

/** Starts the Chromium named in CHROMIUM, or one that is installed. */
export const openBrowser = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? PROGRAMS.find((program) => existsSync(program)),
    // Chromium's sandbox does not start as root.
    args: ['--disable-gpu', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
  });
