import { toErrorData } from '../core/errors';
import { formatDuration } from '../i18n/format';
import { errorText, plainSpaces, type Locale } from '../i18n/translate';

/** The command line speaks English. */
export const LOCALE: Locale = 'en';

/** Control characters out of somebody's files could overwrite what a terminal shows. */
// eslint-disable-next-line no-control-regex
const shown = (line: string): string => line.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\ufffd');

/** A line for people, on stderr: stdout carries results only. */
export function say(line: string): void {
  process.stderr.write(`${shown(line)}\n`);
}

/** A line of the result, on stdout. */
export function print(line: string): void {
  process.stdout.write(`${shown(line)}\n`);
}

let last = 0;
/** What is counted now, how far it was, and when it began. */
let [what, before, began] = ['', 0, 0];
/** Seconds below which nobody needs to know how long it takes. */
const WORTH_SAYING = 3;

/** Progress with the time left on one line of a terminal, at most ten times a second; silent elsewhere. Ctrl-C stops. */
export function sayProgress({ done, total, unit }: { done: number; total: number; unit: string }): void {
  if (!process.stderr.isTTY) return;
  const now = Date.now();
  if (done < total && now - last < 100) return;
  last = now;
  const figures = new Intl.NumberFormat(LOCALE);
  if (done < before || unit !== what) [began, what] = [now, unit];
  before = done;
  const left = done > 0 && done < total ? ((now - began) / 1000) * ((total - done) / done) : 0;
  const time = left > WORTH_SAYING ? `, about ${formatDuration(LOCALE, Math.ceil(left))} left` : '';
  // Wide enough for what stood there before.
  const words = `${figures.format(done)} of ${figures.format(total)} ${unit}${time}`.padEnd(60);
  process.stderr.write(`\r${words}${done === total ? '\n' : ''}`);
}

/** Exit codes: the data or model says no; the call is wrong. */
export const EXIT_REFUSED = 1;
export const EXIT_USAGE = 2;

/** One clear line for whatever went wrong. */
export const errorLine = (error: unknown): string =>
  plainSpaces(errorText(LOCALE, toErrorData(error))).replaceAll('\n', ' ');

export function sayError(error: unknown): void {
  say(errorLine(error));
  if (toErrorData(error).code === 'bug' && process.env['SCOREDESK_DEBUG']) console.error(error);
}

export const count = (n: number): string => new Intl.NumberFormat(LOCALE).format(n);

export function plural(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${n === 1 ? one : many}`;
}
