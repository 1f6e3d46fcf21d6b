import { CircleAlert } from 'lucide-react'

/** What is wrong, in words, said to screen readers as it comes; takes no room where nothing is. */
export function Problem({ text, id }: { readonly text: string | null; readonly id?: string }) {
  return (
    <div role="alert" id={id} className="problem">
      {text !== null && (
        <>
          <CircleAlert aria-hidden />
          <span dir="auto">{text}</span>
        </>
      )}
    </div>
  )
}
