import { Link } from '@tanstack/react-router'
import { PageHead, useTitle } from '../parts/Page.tsx'

export function NotFoundPage() {
  useTitle('Not found')
  return (
    <>
      <PageHead title="There is no page at this address" doubt="The link may be from another version, or a character is missing." />
      <p>
        Go to the <Link to="/">portfolio</Link>, the <Link to="/customers">customers</Link> or the <Link to="/data">data</Link>; or press{' '}
        <kbd>Ctrl K</kbd> and type what you look for.
      </p>
    </>
  )
}
