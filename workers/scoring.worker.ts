import { expose } from 'comlink';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { hostOperations } from '../src/protocol/host';
import { scoringOperations } from '../src/service/scoring';
import { EngineFile } from '../src/supply/engineFile';

declare const __ENGINE_BYTES__: number;

const base = new URL('..', self.location.href).href;
const engineFile = new EngineFile(new URL(wasmUrl, self.location.href).href, __ENGINE_BYTES__);
expose(hostOperations(scoringOperations({ base, engineFile })));
