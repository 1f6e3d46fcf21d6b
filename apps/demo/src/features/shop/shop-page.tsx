import { Headset, ShoppingBag, UsersRound } from 'lucide-react'
import { useState } from 'react'
import { Link } from 'wouter'
import { Brand } from '../../components/brand.tsx'
import { paths } from '../../lib/paths.ts'
import { useMedia } from '../../lib/use-media.ts'
import { useTitle } from '../../lib/use-title.ts'
import { ThemeToggle } from '../shell/theme-toggle.tsx'
import { type Pane, PaneTabs } from './pane-tabs.tsx'
import './shop.css'

const panes: readonly Pane[] = [
  { id: 'shop', title: 'The shop', icon: ShoppingBag, about: 'what your customers see', src: 'shop.html' },
  {
    id: 'desk',
    title: 'The desk',
    icon: Headset,
    about: 'where Meg answers them',
    src: `?pane=desk#${paths.tickets}`,
  },
]

/** The first page: a shop with the widget, and beside it the desk where what its visitors ask arrives. */
export function ShopPage() {
  const isNarrow = useMedia('(max-width: 63.99rem)')
  const [shown, setShown] = useState('shop')
  useTitle('dowellchat')
  return (
    <div className="shop-page">
      <header className="shop-head">
        <Brand />
        <h1>Ask in the shop, and answer at the desk.</h1>
        <ThemeToggle />
        <Link href={paths.enter} className="button small">
          <UsersRound aria-hidden /> Be somebody else
        </Link>
        {isNarrow && <PaneTabs panes={panes} shown={shown} onShow={setShown} />}
      </header>
      <main className="shop-panes">
        {panes.map((pane) => (
          <PaneFrame key={pane.id} pane={pane} isTab={isNarrow} isHidden={isNarrow && pane.id !== shown} />
        ))}
      </main>
    </div>
  )
}

interface PaneFrameProps {
  readonly pane: Pane
  /** Whether one of the tabs shows it. */
  readonly isTab: boolean
  readonly isHidden: boolean
}

/** A frame, so that each side is a page with a window of its own: in a narrow one both look as on a phone. */
function PaneFrame({ pane: { id, title, icon: Icon, about, src }, isTab, isHidden }: PaneFrameProps) {
  const label = isTab
    ? { role: 'tabpanel', 'aria-labelledby': `tab-${id}` }
    : { 'aria-labelledby': `title-${id}` }
  return (
    <section id={`pane-${id}`} className="shop-pane" {...label} hidden={isHidden}>
      {!isTab && (
        <h2 id={`title-${id}`} className="shop-pane-title">
          <Icon aria-hidden /> {title} <span className="muted">{about}</span>
        </h2>
      )}
      <iframe
        src={src}
        title={`${title}: ${about}`}
        allow="microphone; camera; display-capture; autoplay; fullscreen; clipboard-write"
      />
    </section>
  )
}
