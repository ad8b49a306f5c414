import { Tooltip } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { places } from './places.ts'
import classes from './shell.module.css'

/** Places that work stand as links; those to come stand greyed and say what they will need. */
export function Rail({ onGo }: { onGo?: () => void }) {
  return (
    <nav aria-label="Places" className={classes.railNav}>
      {places.map(({ group, items }) => (
        <section key={group} aria-labelledby={`rail-${group}`}>
          <h2 id={`rail-${group}`} className={classes.railGroup}>
            {group}
          </h2>
          <ul className={classes.railList}>
            {items.map((item) => (
              <li key={item.title}>
                {item.to ? (
                  <Link
                    to={item.to}
                    className={classes.railLink}
                    activeOptions={{ exact: item.to === '/', includeSearch: false }}
                    {...(onGo ? { onClick: onGo } : {})}
                  >
                    {item.title}
                  </Link>
                ) : (
                  <Tooltip label={`Not in this version. Will need ${item.needs}.`} position="right" openDelay={250}>
                    <span className={classes.railLater}>
                      {item.title}
                      <span className="visually-hidden"> (not in this version; will need {item.needs})</span>
                    </span>
                  </Tooltip>
                )}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </nav>
  )
}
