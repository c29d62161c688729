export { numericDigest } from './numericDigest';
export { trainingDigest } from './trainingDigest';
