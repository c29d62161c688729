import type { Locator, Page } from 'playwright-core';
import { test } from 'vitest';
import { checked, install, listed } from '../support/app';
import { launch, visit } from '../support/browser';
import { serve } from '../support/server';

/** Steps of Tab that reach any part of a client's page. */
const MOST_TABS = 120;

/** Presses Tab until something has the focus, as somebody without a mouse does. */
async function tabTo(page: Page, target: Locator, key = 'Tab'): Promise<void> {
  for (let i = 0; i < MOST_TABS; i++) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${MOST_TABS} times ${key} did not reach ${target.toString()}`);
}

async function typeInto(page: Page, label: string | RegExp, text: string): Promise<void> {
  await tabTo(page, page.getByLabel(label, { exact: true }));
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.type(text);
}

test('a whole interview in French, by keyboard, with the server stopped', async () => {
  const browser = await launch();
  const site = await serve('dist');
  const { page } = await visit(browser, site.url, { serviceWorkers: 'allow', locale: 'fr-FR' });
  await install(page);
  await checked(page);
  await page.getByText('Prêt hors ligne').waitFor();
  await site.close();
  await page.reload();

  // Who sits here, and what the model leads to.
  await listed(page);
  await page.keyboard.press('/');
  await page.keyboard.type('78');
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: /^N°\s78$/ }).waitFor();
  await page.getByRole('heading', { name: 'Refusé' }).waitFor();
  await page.getByText('Ce solde va avec plus de défauts').waitFor();

  // What would change it: tried, turned round, undone, tried otherwise.
  await page.locator('.paths li').first().waitFor();
  await tabTo(page, page.getByRole('button', { name: /^Essayer\s: Montant du crédit$/ }));
  await page.keyboard.press('Enter');
  const simulated = page.locator('.hypo .big');
  await simulated.filter({ hasText: '8,2' }).waitFor();
  await page.getByText(/^Recalculé/).waitFor();
  await tabTo(page, page.getByRole('button', { name: 'Annuler', exact: true }));
  await page.keyboard.press('Enter');
  await simulated.filter({ hasText: '—' }).waitFor();
  // The key has no meaning in a field: the button has the focus.
  await page.keyboard.press('w');
  await typeInto(page, 'Montant du crédit', '3 900');
  await simulated.filter({ hasText: '8,2' }).waitFor();

  // The page turned towards the client, and back with what was tried.
  await tabTo(page, page.getByRole('link', { name: 'Montrer au client' }), 'Shift+Tab');
  await page.keyboard.press('Enter');
  await page.getByText('Avec ces valeurs, le modèle conduit à').waitFor();
  await tabTo(page, page.getByRole('button', { name: 'Retour à l’entretien' }));
  await page.keyboard.press('Enter');
  await simulated.filter({ hasText: '8,2' }).waitFor();

  // People like this.
  await page.getByRole('heading', { name: 'Des personnes comparables' }).waitFor();
  const group = page.getByRole('combobox', { name: 'Groupe' });
  await tabTo(page, group);
  await page.keyboard.press('End');
  await tabTo(page, page.getByRole('combobox', { name: 'Autre condition' }));
  await page.keyboard.type('mon');
  await tabTo(page, page.getByRole('button', { name: 'Ajouter', exact: true }));
  await page.keyboard.press('Enter');
  await typeInto(page, 'Montant du crédit, jusqu’à', '9 000');
  await page.keyboard.press('Tab');
  await page.getByText('Filtré par Montant du crédit').waitFor();

  // Decided, with what the client says, and recorded.
  await page.keyboard.press('d');
  await tabTo(page, page.getByRole('radio', { name: 'Accepté' }));
  await page.keyboard.press('Space');
  const reason = page.getByRole('combobox', { name: /^Motif/ });
  await tabTo(page, reason);
  await page.keyboard.press('ArrowDown');
  await typeInto(page, 'En mots', 'Les relevés des douze derniers mois ont été vus.');
  await typeInto(page, 'Déclaration du client', 'Un montant de 3 900 me suffit.');
  await typeInto(page, 'Votre nom', 'M. Aubert');
  await page.keyboard.press('Enter');
  await page.getByText('Enregistré sous le numéro 1,').waitFor();
  await page.getByText('Chaîne vérifiée, 1 enregistrement').waitFor();

  // The letter that the client takes along.
  await tabTo(page, page.getByRole('link', { name: 'Lettre au client' }));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Votre demande de crédit' }).waitFor();
  await page.getByText('Ce qui changerait le résultat').waitFor();
  await browser.close();
});
