/** How many changes a server reads at a time. */
export const changesAtOnce = 500
