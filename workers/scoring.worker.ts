import { expose } from 'comlink';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { hostOperations } from '../src/protocol/host';
import { engineCache } from '../src/protocol/offline';
import type { PartSign } from '../src/protocol/partSign';
import type { RuntimeSign } from '../src/protocol/runtimeSign';
import { watchRuntime } from '../src/engine/runtime';
import { Context } from '../src/service/context';
import { operations } from '../src/service/operations';
import { EngineFile } from '../src/supply/engineFile';

declare const __ENGINE_BYTES__: number;
declare const __BUILD__: string;

const base = new URL('..', self.location.href).href;
const engineFile = new EngineFile({
  url: new URL(wasmUrl, self.location.href).href,
  bytes: __ENGINE_BYTES__,
  cacheName: engineCache(new URL(base).pathname),
});
watchRuntime((runtimeRuns) => postMessage({ runtimeRuns } satisfies RuntimeSign));
const crew = { script: self.location.href, build: __BUILD__ };
const tell = (sign: PartSign) => postMessage(sign);
const context = new Context({ base, engineFile, tell, crew });
expose(hostOperations(operations, context, __BUILD__, context.asKnown));
