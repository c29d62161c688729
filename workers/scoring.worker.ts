import { expose } from 'comlink';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { hostOperations } from '../src/protocol/host';
import { scoringOperations } from '../src/service/scoring';

const basePath = new URL('..', self.location.href).pathname;
expose(hostOperations(scoringOperations({ basePath, wasmUrl: new URL(wasmUrl, self.location.href).href })));
