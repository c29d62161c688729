import { mkdirSync, writeFileSync } from 'node:fs';
import { launch } from './support/browser';
const URL0 = process.argv[2]; const OUT = '/tmp/walk'; mkdirSync(OUT, { recursive: true });
const browser = await launch();
const complaints: string[] = [];
const note = (s: string) => { complaints.push(s); console.log(s); };
const EN = /\b(the|and|of|with|clients|rows|missing|model|score|download|ready|features|settings)\b/gi;
const PAGES: [string,string][] = [['clients','clients'],['client','clients/4'],['client2','clients/17'],['model','model?client=4'],['drift','drift'],['drift-num','drift/credit_amount'],['drift-lev','drift/savings_status'],['perf','performance']];
for (const width of [1440, 1024, 820, 390]) for (const theme of ['light','dark'] as const) for (const locale of ['en-GB','fr-FR']) {
  const tag = `${width}-${theme}-${locale.slice(0,2)}`;
  const context = await browser.newContext({ locale, viewport: { width, height: 900 }, colorScheme: theme, serviceWorkers: 'allow' });
  const page = await context.newPage();
  page.on('console', (m) => note(`${tag} CONSOLE ${m.type()} ${m.text().slice(0,200)}`));
  page.on('pageerror', (e) => note(`${tag} ERROR ${String(e).slice(0,200)}`));
  await page.goto(URL0);
  const check = async (name: string) => {
    const found = await page.evaluate(() => ({ over: document.documentElement.scrollWidth - document.documentElement.clientWidth, text: document.body.innerText }));
    if (found.over > 0) note(`${tag} ${name} OVERFLOW ${found.over}`);
    if (/NaN|undefined|\[object/.test(found.text)) note(`${tag} ${name} TEXT ${/.{30}(NaN|undefined|\[object).{20}/.exec(found.text.replace(/\n/g,' '))?.[0]}`);
    if (locale === 'fr-FR') { const words = found.text.match(EN) ?? []; if (words.filter((w) => /^(the|and|with|rows|missing|download|ready|features|settings)$/i.test(w)).length) note(`${tag} ${name} ENGLISH ${[...new Set(words)].join(' ')}`); }
  };
  const shot = async (name: string, pdf = false) => {
    await page.screenshot({ path: `${OUT}/${name}-${tag}.png`, fullPage: true });
    await check(name);
    if (pdf && theme === 'light' && width === 1440) { await page.pdf({ path: `${OUT}/${name}-${tag}.pdf`, format: 'A4', preferCSSPageSize: true }); }
  };
  await page.getByRole('button', { name: /^(Download|Télécharger) / }).waitFor();
  await shot('choose', true);
  await page.getByRole('button', { name: /^(Download|Télécharger) / }).click();
  await page.locator('tbody th a').first().waitFor();
  await page.getByText(/^(Ready offline|Prêt hors ligne)$/).first().waitFor({ state: 'attached', timeout: 60000 });
  const go = async (name: string, hash: string, pdf = false) => {
    await page.evaluate((to) => (location.hash = to), hash);
    await page.locator('main h1').first().waitFor();
    await page.waitForFunction(() => !document.querySelector('[aria-busy=true]'));
    await page.waitForTimeout(name.startsWith('drift') || name === 'perf' || name === 'model' ? 1500 : 500);
    await shot(name, pdf);
  };
  for (const [name, path] of PAGES) await go(name, `#/b/german-credit%401.0.0/${path}`, true);
  for (const [name, hash] of [['bundles','#/bundles'],['settings','#/settings'],['about','#/about'],['missing','#/nowhere']]) await go(name, hash, true);
  await context.setOffline(true);
  for (const [name, hash] of [['off-client',`#/b/german-credit%401.0.0/clients/8`],['off-model','#/b/german-credit%401.0.0/model'],['off-drift','#/b/german-credit%401.0.0/drift'],['off-about','#/about'],['off-settings','#/settings'],['off-bundles','#/bundles']] as const) {
    await page.goto(`${URL0}?x=${name}${hash}`);
    await page.locator('main h1').first().waitFor();
    await page.waitForTimeout(900);
    if (width === 1440 || width === 390) await page.screenshot({ path: `${OUT}/${name}-${tag}.png`, fullPage: true });
    await check(name);
  }
  await context.close();
  console.log(tag, 'done');
}
writeFileSync(`${OUT}/complaints.txt`, complaints.join('\n'));
await browser.close();
