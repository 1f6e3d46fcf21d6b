import { colorOf, inkOn } from './brand.ts'
import type { WidgetOptions } from './options.ts'

/**
 * What the bubble looks like, and the colours of all of the widget. `!important`, as the page's own rules about our element would
 * win otherwise; inside, none of them counts.
 */
export function bubbleStyles({ color, side }: WidgetOptions): string {
  const brand = colorOf(color)
  const end = side === 'left' ? 'left' : 'right'
  return `
:host {
  all: initial !important; display: block !important; position: fixed !important; z-index: 2147483000 !important;
  bottom: 0 !important; ${end}: 0 !important; width: 0 !important; height: 0 !important; overflow: visible !important;
}
@media print { :host { display: none !important } }
.widget {
  --brand: ${brand}; --on-brand: ${inkOn(brand)};
  ${light}
  font: 15px/1.45 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif; color: var(--ink); text-align: start;
}
@media (prefers-color-scheme: dark) { .widget[data-theme='auto'] { ${dark} } }
.widget[data-theme='dark'] { ${dark} }
*, *::before, *::after { box-sizing: border-box }
[hidden] { display: none !important }
button { font: inherit; color: inherit; cursor: pointer; touch-action: manipulation }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px }
.icon { width: 24px; height: 24px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; display: block }
.bubble {
  position: fixed; bottom: max(20px, env(safe-area-inset-bottom)); ${end}: 20px; width: 56px; height: 56px; padding: 16px; border: 0;
  border-radius: 50%; background: var(--brand); color: var(--on-brand); box-shadow: 0 4px 16px rgb(0 0 0 / .3);
}
.bubble[aria-busy='true'] .icon { opacity: .5 }
.badge {
  position: absolute; top: -4px; inset-inline-end: -4px; min-width: 22px; padding: 0 6px; border-radius: 11px; background: #b3001b; color: #fff;
  font-size: 13px; line-height: 22px; font-weight: 600; text-align: center;
}
@media (forced-colors: active) { .bubble, .badge { border: 1px solid } }
`
}

const light = `color-scheme: light; --ground: #ffffff; --raised: #f1f2f6; --ink: #16181d; --faint: #565b66; --line: #8b909c; --focus: #1a4fd6; --wrong: #a3001a;`
const dark = `color-scheme: dark; --ground: #17191f; --raised: #262932; --ink: #f1f2f5; --faint: #b0b5c0; --line: #757b89; --focus: #8fb2ff; --wrong: #ff9ba6;`
