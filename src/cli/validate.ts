import { Command, Option } from 'commander';
import { ScoredeskError } from '../core/errors';
import { openBundle, type Engine } from '../engine/engine';
import { validationOf, type ValidationView } from '../engine/model/validation';
import { AREAS, loadMessages, LOCALES } from '../i18n/areas';
import { localText, type Locale } from '../i18n/translate';
import { validationJson } from '../report/validationJson';
import { validationHtml } from '../report/validationHtml';
import { rankingTexts } from '../report/validationWords';
import { LOCALE, print } from './console';
import { openSource, writeWhole } from './files';
import { outOption } from './options';

interface Options {
  out: string;
  language: Locale;
}

export function validateCommand(): Command {
  return new Command('validate')
    .description(
      'Measure a bundle’s model on its rows with outcomes: ranking, calibration, decisions, groups.',
    )
    .argument('<bundle>', 'directory or zip')
    .requiredOption(
      '--out <file>',
      '.json or .html; - is JSON on stdout',
      outOption('.json', '.html', '.htm'),
    )
    .addOption(new Option('--language <code>', 'of an HTML report').choices([...LOCALES]).default(LOCALE))
    .addHelpText(
      'after',
      '\nExample:\n  scoredesk validate public/bundles/german-credit --out validation.html',
    )
    .action(async (path: string, { out, language }: Options) => {
      await loadMessages(language, AREAS);
      const engine = await openBundle(await openSource(path));
      const view = await validationOf(engine);
      if (typeof view === 'string') throw new ScoredeskError('validation-none', { reason: view });
      const text = /\.html?$/i.test(out)
        ? htmlOf(engine, view, language)
        : validationJson(
            { manifest: engine.manifest, fingerprint: engine.fingerprint, runtime: engine.runtime.name },
            view,
          );
      if (out === '-') process.stdout.write(text);
      else {
        await writeWhole(out, [text]);
        for (const { label, value, interval } of rankingTexts(LOCALE, view.validation))
          print(`${label}  ${value}${interval ? ` (${interval})` : ''}`);
      }
    });
}

function htmlOf({ manifest, fingerprint }: Engine, view: ValidationView, locale: Locale): string {
  const { id, version, title } = manifest;
  return validationHtml({
    locale,
    title: localText(title, locale, id),
    subtitle: `${id}@${version} · ${fingerprint}`,
    at: new Date(),
    manifest,
    view,
  });
}
