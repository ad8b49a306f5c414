import { useQuery } from '@tanstack/react-query'
import { keepTogether } from '../../../src/shared/format.ts'
import { type Portfolio, tablePageOptions } from '../../parts/api.ts'
import { CheckIcon, StopIcon, WarnIcon } from '../../parts/icons.tsx'
import { Section } from '../../parts/Page.tsx'
import { Bone } from '../../parts/States.tsx'
import classes from './models.module.css'

const verdicts: Record<string, { word: string; tone: string; Icon: typeof CheckIcon }> = {
  fits: { word: 'fits', tone: 'plain', Icon: CheckIcon },
  mind: { word: 'with care', tone: 'mind', Icon: WarnIcon },
  misfit: { word: 'does not fit', tone: 'bad', Icon: StopIcon },
  unknown: { word: 'not told', tone: 'plain', Icon: WarnIcon },
}

/** Whether the data are of the kind that the model takes them for, question by question. */
export function Advice({ portfolio }: { portfolio: Portfolio }) {
  const query = useQuery(tablePageOptions('value_advice', { snapshot: portfolio.snapshot.id, sort: 'position' }, 0, 50, false))
  if (query.isPending) return <Bone height={240} gap={40} />
  const rows = query.data?.rows ?? []
  if (rows.length === 0) return null
  const care = rows.filter((row) => row.verdict === 'mind' || row.verdict === 'misfit').length
  return (
    <Section
      title="Do the data fit the model?"
      id="advice"
      lead={care === 0 ? 'Nothing speaks against it.' : `${care} of ${rows.length} questions call for care.`}
    >
      <dl className={classes.advice}>
        {rows.map((row) => {
          const { word, tone, Icon } = verdicts[String(row.verdict)] ?? verdicts.unknown!
          return (
            <div key={String(row.question)} className={classes.question}>
              <dt>
                {String(row.title)}
                <span className={classes.verdict} data-tone={tone}>
                  <Icon size={14} />
                  {word}
                </span>
              </dt>
              <dd>{keepTogether(String(row.text).replaceAll('`', ''))}</dd>
            </div>
          )
        })}
      </dl>
    </Section>
  )
}
