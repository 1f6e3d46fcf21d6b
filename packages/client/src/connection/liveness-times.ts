/** How long a server may be silent while somebody is looking; it sends pings and heads less often. */
export const visibleMs = 10_000
/** The same in a hidden tab: the server's pings come every 25 seconds, and nothing else need wake a phone's radio. */
export const hiddenMs = 28_000
/** How long a server may be silent after a request. */
export const askedMs = 2_500
/** How long it has to answer the question whether it is there; longer after it was late, for slow networks. */
export const answerMs = 3_500
export const mostAnswerMs = 14_000
/** How often the clock is looked at: if this comes late, the device has slept. */
export const tickMs = 5_000
