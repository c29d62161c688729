import { deviceStorage, type DeviceStorage } from '../client/device';

/** What this device's browser grants and how much of it is used. */
class StorageState {
  #device = $state.raw<DeviceStorage | null>(null);

  get device() {
    return this.#device;
  }

  async look(): Promise<void> {
    this.#device = await deviceStorage();
  }
}

export const storage = new StorageState();
