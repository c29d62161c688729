/**
 * Seconds that a runtime may work on one step: a start, or the rows of one chunk. What a graph takes can't be told from its
 * file in all cases (`bounds`), and nothing interrupts it on its way: who waits ends the worker, or the command.
 */
export const RUNTIME_SECONDS = 120;
