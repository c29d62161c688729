import { followSetting, keepSetting, readSetting } from './settings';

/** Whether single-letter keys act: they can be turned off. */
class KeyboardState {
  #enabled = $state(readSetting('keys') !== 'off');

  constructor() {
    followSetting('keys', (value) => (this.#enabled = value !== 'off'));
  }

  get enabled() {
    return this.#enabled;
  }

  enable(enabled: boolean): void {
    this.#enabled = enabled;
    keepSetting('keys', enabled ? 'on' : 'off');
  }
}

export const keyboard = new KeyboardState();
