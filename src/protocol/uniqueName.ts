/** A name that nothing else has; crypto.randomUUID exists only over https. */
export const uniqueName = (): string => crypto.getRandomValues(new Uint32Array(4)).join('-');
