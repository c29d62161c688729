/// <reference lib="webworker" />
import { startOffline, type ShellFile } from '../src/service/offline';

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: ShellFile[] };
startOffline(self, self.__WB_MANIFEST);
