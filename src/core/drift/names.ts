/** The name under which a chunk reports what is measured on all columns together. */
export const ALL_COLUMNS = '*';
