/// <reference lib="webworker" />
import type { PrecacheEntry } from 'workbox-precaching';
import { startOffline } from '../src/service/offline';

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: (PrecacheEntry | string)[] };
startOffline(self, self.__WB_MANIFEST);
