import { formatCount, formatCounted, formatRatio, keepTogether } from '../../../src/shared/format.ts'
import { type Check, type Portfolio, useDoctor, usePortfolio, useWorkspace } from '../../parts/api.ts'
import { CheckMark } from '../../parts/CheckMark.tsx'
import { NoSnapshot } from '../../parts/NoSnapshot.tsx'
import { PageHead, Section, useTitle } from '../../parts/Page.tsx'
import parts from '../../parts/parts.module.css'
import { Bone, Show } from '../../parts/States.tsx'
import { useCommon } from '../../parts/useCommon.ts'
import { DataTabs } from './DataTabs.tsx'
import classes from './data.module.css'

/** What was checked, and what the data does not say: what is missing and what it would unlock. */
export function ChecksPage() {
  useTitle('Checks and what is missing')
  const { snapshot } = useCommon()
  const workspace = useWorkspace()
  const none = workspace.data !== undefined && workspace.data.snapshot === null
  const portfolio = usePortfolio(snapshot, workspace.data !== undefined && !none)
  if (none) return <NoSnapshot workspace={workspace.data!} title="Data" />
  return (
    <Show
      heading="Checks and what is missing"
      query={workspace.error ? { ...workspace, data: undefined as Portfolio | undefined } : portfolio}
      shape={
        <>
          <Bone width="50%" height={28} />
          <Bone height={300} gap={24} />
        </>
      }
    >
      {(data) => <Loaded portfolio={data} />}
    </Show>
  )
}

function Loaded({ portfolio }: { portfolio: Portfolio }) {
  const bad = portfolio.checks.filter((check) => check.status !== 'pass')
  const layers = (portfolio.layers?.rows ?? []).filter(
    (row) => row.available !== true || (typeof row.covered_share === 'number' && row.covered_share < 0.9995),
  )
  const missing = layers.length + portfolio.skipped.length
  return (
    <>
      <PageHead
        eyebrow="Data"
        title={
          bad.length === 0
            ? `All ${formatCount(portfolio.checks.length)} checks hold`
            : `${formatCount(portfolio.checks.length - bad.length)} of ${formatCount(portfolio.checks.length)} checks hold; look at ${formatCount(bad.length)}`
        }
        doubt={
          missing > 0
            ? `${formatCounted(missing, 'thing')} cannot be said from this data; below is what would give them.`
            : 'Nothing is missing for what this version computes.'
        }
      />
      <DataTabs />
      <Section title="What is missing, and what it would unlock" id="missing">
        {missing === 0 ? (
          <p className="dim">Nothing.</p>
        ) : (
          <table className={parts.table}>
            <thead>
              <tr>
                <th scope="col">Not in the figures</th>
                <th scope="col">Why</th>
                <th scope="col">What would give it</th>
              </tr>
            </thead>
            <tbody>
              {layers.map((row) => (
                <tr key={String(row.layer)}>
                  <th scope="row">
                    <b>{String(row.title)}</b>
                    {typeof row.covered_share === 'number' && row.available === true && (
                      <div className="small dim tab">covers {formatRatio(row.covered_share)} of net revenue</div>
                    )}
                  </th>
                  <td>{row.reason ?? '–'}</td>
                  <td>{row.unlock ?? '–'}</td>
                </tr>
              ))}
              {portfolio.skipped.map((step) => (
                <tr key={step.step}>
                  <th scope="row">
                    <b>{step.title}</b>
                  </th>
                  <td>There is no {step.missing.join(', ').replaceAll('_', ' ')}</td>
                  <td>{step.unlock}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Section>
      <Section title="Checks of the run" id="checks" lead="A blocking check that fails keeps a snapshot from being published.">
        <CheckTable checks={[...bad, ...portfolio.checks.filter((check) => check.status === 'pass')]} />
      </Section>
      <Installation />
    </>
  )
}

/** Long numbers inside a sentence, grouped by thousands and without zeros at their end: exact, and readable. */
function spaced(text: string | undefined): string {
  return (text ?? '').replace(/(?<![\w.-])\d{5,}(\.\d+)?(?![\w-])/g, (number) => {
    const [whole, fraction = ''] = number.split('.')
    const rest = fraction.replace(/0+$/, '')
    return `${formatCount(whole)}${rest === '' ? '' : `.${rest.padEnd(2, '0')}`}`
  })
}

function CheckTable({ checks }: { checks: Check[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className={parts.scroll} tabIndex={0} aria-label="Checks">
      <table className={parts.table}>
        <thead>
          <tr>
            <th scope="col">Check</th>
            <th scope="col">What was compared</th>
            <th scope="col" className={parts.right}>
              Expected
            </th>
            <th scope="col" className={parts.right}>
              Found
            </th>
          </tr>
        </thead>
        <tbody>
          {checks.map((check) => (
            <tr key={check.name}>
              <th scope="row">
                <CheckMark status={check.status} /> <b>{check.title}</b>
                {check.blocking && <div className="small dim">blocking</div>}
              </th>
              <td>{keepTogether(spaced(check.detail))}</td>
              <td className={`${parts.right} ${classes.wrap}`}>{spaced(check.expected)}</td>
              <td className={`${parts.right} ${classes.wrap}`}>{spaced(check.actual)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Installation() {
  const doctor = useDoctor()
  return (
    <Section title="Installation and workspace" id="doctor">
      <Show query={doctor} shape={<Bone height={120} />}>
        {(report) => (
          <table className={parts.table}>
            <tbody>
              {report.checks.map((check) => (
                <tr key={check.name}>
                  <th scope="row" style={{ width: '34%' }}>
                    <CheckMark status={check.status} /> {check.title}
                  </th>
                  <td>
                    {check.detail} {check.hint && <span className="dim">{check.hint}</span>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Show>
    </Section>
  )
}
