/** Milliseconds for counting how long something takes: unlike `Date.now()` they go on evenly when the device's clock is set. */
export const uptime = (): number => performance.now()
