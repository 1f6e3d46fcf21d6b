import type { WidgetOptions } from './options.ts'

/** What the open widget looks like: beside the bubble, and on phones all of the screen. */
export function panelStyles({ side }: WidgetOptions): string {
  const end = side === 'left' ? 'left' : 'right'
  return `
.panel {
  position: fixed; bottom: 92px; ${end}: 20px; width: 380px; height: min(640px, calc(100vh - 112px)); display: flex; flex-direction: column;
  background: var(--ground); border: 1px solid var(--line); border-radius: 14px; overflow: hidden; box-shadow: 0 8px 40px rgb(0 0 0 / .3);
}
@media (max-width: 480px), (max-height: 480px) {
  .panel { inset: 0; width: auto; height: 100vh; height: 100dvh; border: 0; border-radius: 0; padding-bottom: env(safe-area-inset-bottom) }
  .widget.is-open .bubble { display: none }
}
@media (prefers-reduced-motion: no-preference) { .panel { animation: rise .15s ease-out } }
@keyframes rise { from { transform: translateY(12px); opacity: 0 } }
.head { display: flex; align-items: center; gap: 4px; padding: 10px 8px 10px 16px; background: var(--brand); color: var(--on-brand) }
.head h2 { flex: 1; margin: 0; font-size: 17px; font-weight: 600; overflow-wrap: anywhere }
.head :focus-visible { outline-color: currentColor }
.quiet { flex: none; min-width: 40px; min-height: 40px; padding: 8px; border: 0; border-radius: 8px; background: none }
.quiet:hover { background: rgb(128 128 128 / .25) }
.notice { padding: 8px 16px; background: var(--raised); font-size: 14px }
.notice:empty, .wrong:empty, .state:empty, .typing:empty { display: none }
.view { flex: 1; min-height: 0; display: flex; flex-direction: column }
.scroll { flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain; padding: 16px }
form, .stack { display: flex; flex-direction: column; gap: 14px }
label, legend { display: block; font-weight: 600; margin-bottom: 4px; padding: 0 }
.faint { color: var(--faint); font-weight: 400; font-size: 14px }
p { margin: 0; overflow-wrap: anywhere; white-space: pre-line }
input[type='text'], select, textarea {
  width: 100%; min-height: 44px; padding: 9px 12px; font: inherit; font-size: 16px; color: var(--ink); background: var(--ground);
  border: 1px solid var(--line); border-radius: 10px;
}
textarea { resize: none; display: block }
::placeholder { color: var(--faint); opacity: 1 }
.primary { min-height: 44px; padding: 10px 16px; border: 0; border-radius: 10px; background: var(--brand); color: var(--on-brand); font-weight: 600 }
.plain { min-height: 36px; padding: 6px 12px; border: 1px solid var(--line); border-radius: 10px; background: var(--ground); color: var(--ink) }
.small { min-height: 28px; padding: 2px 8px; font-size: 13px }
[aria-disabled='true'] { opacity: .6; cursor: default }
.wrong { color: var(--wrong); font-size: 14px }
.state { display: flex; align-items: center; gap: 8px; padding: 8px 16px; background: var(--raised); font-size: 14px }
.state p { flex: 1 }
.row { display: flex; flex-wrap: wrap; gap: 8px; align-items: center }
ul, ol { list-style: none; margin: 0; padding: 0 }
.conversations { display: flex; flex-direction: column; gap: 8px }
.conversations button { width: 100%; min-height: 44px; text-align: start; padding: 10px 14px; border: 1px solid var(--line); border-radius: 10px; background: var(--ground) }
.conversations button span { display: block; overflow-wrap: anywhere }
.log { display: flex; flex-direction: column; gap: 4px }
.log > li { max-width: 84%; align-self: flex-start }
.log > li.own { align-self: flex-end }
.log > li.fact { max-width: 100%; align-self: center; text-align: center; color: var(--faint); font-size: 13px; padding: 4px 0 }
.who { display: block; color: var(--faint); font-size: 13px; margin-top: 6px }
.said { padding: 8px 12px; border-radius: 14px; background: var(--raised); white-space: pre-wrap; overflow-wrap: anywhere }
.own .who { text-align: end }
.own .said { background: var(--brand); color: var(--on-brand) }
.said a { color: inherit }
.is-sending .said { opacity: .7 }
.how { display: flex; justify-content: flex-end; align-items: center; gap: 6px; flex-wrap: wrap; font-size: 13px; color: var(--faint) }
.file { display: flex; align-items: center; gap: 8px; margin-top: 4px; padding: 8px 10px; border: 1px solid var(--line); border-radius: 10px; color: var(--ink); background: var(--ground); text-decoration: none; text-align: start }
.file span { flex: 1; min-width: 0; overflow-wrap: anywhere }
canvas { display: block; max-width: 100%; max-height: 220px; margin-top: 4px; border-radius: 10px; background: var(--raised) }
.typing { padding: 0 16px 4px; font-size: 13px; color: var(--faint) }
.composer { border-top: 1px solid var(--line); padding: 8px; gap: 6px }
.composer .line { display: flex; align-items: flex-end; gap: 8px }
.composer textarea { max-height: 140px }
.composer .send { color: var(--on-brand); background: var(--brand); border-radius: 50% }
.composer .quiet { min-width: 44px; min-height: 44px; padding: 10px }
.pending { display: flex; flex-direction: column; gap: 4px }
.pending li { display: flex; align-items: center; gap: 8px; padding: 2px 4px 2px 10px; border: 1px solid var(--line); border-radius: 10px; font-size: 14px }
.pending li span { flex: 1; min-width: 0; overflow-wrap: anywhere }
progress { width: 70px; accent-color: var(--brand) }
.rating { border-top: 1px solid var(--line); padding: 12px 16px; gap: 8px }
fieldset { border: 0; margin: 0; padding: 0; min-width: 0 }
.stars { display: flex }
.stars label { position: relative; margin: 0; padding: 6px; cursor: pointer; border-radius: 8px }
.stars input { position: absolute; inset: 0; width: 100%; height: 100%; margin: 0; opacity: 0; cursor: pointer }
.stars label:has(input:focus-visible) { outline: 3px solid var(--focus) }
.stars .icon { color: var(--line); width: 32px; height: 32px }
.stars label.is-on .icon { color: #a86a00; fill: #f0b429 }
.jump { align-self: center; margin: -44px 0 8px; position: relative; z-index: 1; border-radius: 18px }
.hint { padding: 24px 16px; text-align: center; color: var(--faint) }
@media (forced-colors: active) { .said, .primary, .send, .panel, .head { border: 1px solid } .stars label.is-on .icon { color: Highlight; fill: Highlight } }
`
}
