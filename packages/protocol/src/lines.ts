// What clients need of lines. Not in `core`: bundlers put what is exported there into what a client loads at once, whoever uses it.
export { lineOrder } from './rules/line-order.ts'
export { estimateWait } from './rules/waiting-estimate.ts'
