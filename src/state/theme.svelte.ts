import { keepSetting, readSetting } from './settings';

type Theme = 'light' | 'dark';

/** The theme the person chose, else the system's. */
class ThemeState {
  #theme = $state<Theme>(initial());

  get current(): Theme {
    return this.#theme;
  }

  toggle(): void {
    this.#theme = this.#theme === 'dark' ? 'light' : 'dark';
    apply(this.#theme);
    keepSetting('theme', this.#theme);
  }
}

function initial(): Theme {
  const stored = readSetting('theme');
  const system: Theme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';
  const theme = stored === 'dark' || stored === 'light' ? stored : system;
  apply(theme);
  return theme;
}

function apply(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme;
}

export const theme = new ThemeState();
