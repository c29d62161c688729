import { launch } from './test/support/browser';
const browser = await launch();
const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
await page.goto('file:///tmp/r.html'); await page.screenshot({ path: '/tmp/shots/report.png', fullPage: true });
await browser.close(); process.exit(0);
