import type { Page } from 'playwright-core';

/** Until something is on screen, looked for frame by frame: Playwright's own waits look twice a second. */
export const shown = (page: Page, selector: string): Promise<void> =>
  page.evaluate(async (wanted) => {
    while (!document.querySelector(wanted)) await new Promise(requestAnimationFrame);
  }, selector);

/** Milliseconds from the start of the page's load until something is on screen. */
export const sinceLoad = (page: Page, selector: string): Promise<number> =>
  page.evaluate(async (wanted) => {
    while (!document.querySelector(wanted)) await new Promise(requestAnimationFrame);
    return performance.now();
  }, selector);
