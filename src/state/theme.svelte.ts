import { followSetting, keepSetting, readSetting } from './settings';

type Theme = 'light' | 'dark';

const SYSTEM = matchMedia('(prefers-color-scheme: dark)');

/** The theme the person chose, else the system's. */
class ThemeState {
  #theme = $state<Theme>(initial());

  constructor() {
    SYSTEM.addEventListener('change', () => {
      if (!isTheme(readSetting('theme'))) this.#theme = initial();
    });
    followSetting('theme', (theme) => {
      if (isTheme(theme)) apply((this.#theme = theme));
    });
  }

  get current(): Theme {
    return this.#theme;
  }

  toggle(): void {
    this.#theme = this.#theme === 'dark' ? 'light' : 'dark';
    apply(this.#theme);
    keepSetting('theme', this.#theme);
  }
}

const isTheme = (text: string | null): text is Theme => text === 'dark' || text === 'light';

function initial(): Theme {
  const stored = readSetting('theme');
  const system: Theme = SYSTEM.matches ? 'dark' : 'light';
  const theme = isTheme(stored) ? stored : system;
  apply(theme);
  return theme;
}

function apply(theme: Theme): void {
  document.documentElement.dataset['theme'] = theme;
}

export const theme = new ThemeState();
