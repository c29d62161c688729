import { expose } from 'comlink';
import wasmUrl from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';
import { hostOperations } from '../src/protocol/host';
import { scoringOperations } from '../src/service/scoring';

const base = new URL('..', self.location.href).href;
expose(hostOperations(scoringOperations({ base, wasmUrl: new URL(wasmUrl, self.location.href).href })));
