import { Button, Checkbox, Menu, NativeSelect, Popover, TextInput } from '@mantine/core'
import { type FormEvent, useCallback, useMemo, useRef, useState } from 'react'
import { formatCounted } from '../../src/shared/format.ts'
import { type Contract, exportUrl, type View } from './api.ts'
import type { DataTableProps } from './DataTable.tsx'
import classes from './datatable.module.css'
import { CloseIcon, ColumnsIcon, DownIcon, DownloadIcon, FilterIcon, SearchIcon } from './icons.tsx'
import { useKeys } from './keys.ts'
import { type Filter, type FilterOp, parseFilter, printFilter } from './search.ts'
import { useAddressText } from './useAddressText.ts'
import { isNumeric, showCell } from './values.tsx'

interface ToolsProps extends DataTableProps {
  shown: string[]
  view: View
  total: number | undefined
  stale: boolean
}

/** Search, filters, columns and export of a table; all of it lands in the address. */
export function TableTools({ table, contract, noun, currency, search, onSearch, given, shown, columns, view, total, stale }: ToolsProps) {
  const field = useRef<HTMLInputElement>(null)
  const [exporting, setExporting] = useState(false)
  const write = useCallback((q: string) => onSearch({ q: q || undefined }, true), [onSearch])
  const [text, setText] = useAddressText(search.q ?? '', write)
  useKeys({ f: () => field.current?.focus(), e: () => setExporting(true) })

  const chips = (search.where ?? [])
    .map((raw) => ({ raw, filter: parseFilter(raw) }))
    .filter((c) => c.filter && contract.columns[c.filter.column])
  return (
    <>
      <div className={`${classes.tools} no-print`}>
        <TextInput
          ref={field}
          size="xs"
          w={220}
          placeholder={`Search ${noun[1]}`}
          aria-label={`Search ${noun[1]}`}
          leftSection={<SearchIcon size={14} />}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape' && text !== '') {
              event.stopPropagation()
              setText('')
            }
          }}
        />
        <AddFilter contract={contract} onAdd={(filter) => onSearch({ where: [...(search.where ?? []), printFilter(filter)] })} />
        <ChooseColumns contract={contract} shown={shown} defaults={columns} onChange={(cols) => onSearch({ cols })} />
        <Menu opened={exporting} onChange={setExporting} shadow="md" position="bottom-start" width={280}>
          <Menu.Target>
            <Button size="xs" variant="default" leftSection={<DownloadIcon size={14} />}>
              Export
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>As shown: these columns, rows and order</Menu.Label>
            <Menu.Item component="a" href={exportUrl(table, { ...view, columns: shown.join(',') }, 'csv')} download>
              CSV, for spreadsheets
            </Menu.Item>
            <Menu.Item component="a" href={exportUrl(table, { ...view, columns: shown.join(',') }, 'parquet')} download>
              Parquet
            </Menu.Item>
            <Menu.Label>Raw: the whole table, every column</Menu.Label>
            <Menu.Item component="a" href={exportUrl(table, { snapshot: view.snapshot }, 'csv')} download>
              CSV
            </Menu.Item>
            <Menu.Item component="a" href={exportUrl(table, { snapshot: view.snapshot }, 'parquet')} download>
              Parquet
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
        <span className={classes.count}>{total === undefined ? '' : `${formatCounted(total, 'row')}${stale ? ' …' : ''}`}</span>
      </div>
      {(chips.length > 0 || given) && (
        <div className={classes.chips}>
          {given && <Chip label={given.label} onRemove={given.clear} />}
          {chips.map(({ raw, filter }) => (
            <Chip
              key={raw}
              label={sayFilter(filter!, contract, currency)}
              onRemove={() => onSearch({ where: search.where?.filter((one) => one !== raw) })}
            />
          ))}
        </div>
      )}
    </>
  )
}

function Chip({ label, onRemove }: { label: string; onRemove: () => void }) {
  return (
    <span className={classes.chip}>
      {label}
      <button type="button" className={classes.chipRemove} aria-label={`Remove the filter ${label}`} onClick={onRemove}>
        <CloseIcon size={12} />
      </button>
    </span>
  )
}

const words: Record<FilterOp, string> = {
  eq: 'is',
  ne: 'is not',
  lt: 'below',
  le: 'at most',
  gt: 'above',
  ge: 'at least',
  in: 'is one of',
  contains: 'contains',
  null: 'is empty',
  notnull: 'is known',
}

function sayFilter(filter: Filter, contract: Contract, currency: string): string {
  const column = contract.columns[filter.column]!
  const value = Array.isArray(filter.value)
    ? filter.value.join(', ')
    : filter.value === undefined
      ? ''
      : showCell(filter.value as string, column, currency)
  return `${column.title} ${words[filter.op]} ${value}${column.type === 'ratio' && value !== '' ? ' %' : ''}`.trim()
}

function AddFilter({ contract, onAdd }: { contract: Contract; onAdd: (filter: Filter) => void }) {
  const [opened, setOpened] = useState(false)
  const names = Object.keys(contract.columns).filter((id) => contract.columns[id]!.type !== 'json')
  const [column, setColumn] = useState(names[0] ?? '')
  const type = contract.columns[column]?.type ?? 'text'
  const ops: FilterOp[] =
    type === 'boolean'
      ? ['eq']
      : isNumeric(type) || type === 'date' || type === 'month'
        ? ['ge', 'le', 'gt', 'lt', 'eq', 'null', 'notnull']
        : ['eq', 'contains', 'ne', 'null', 'notnull']
  const [chosen, setOp] = useState<FilterOp>('eq')
  const op = ops.includes(chosen) ? chosen : ops[0]!
  const [value, setValue] = useState('')
  const needsValue = op !== 'null' && op !== 'notnull'
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    const given = type === 'boolean' ? value || 'true' : value.trim()
    if (needsValue && given === '') return
    const number = given.replace(',', '.').replace('\u2212', '-')
    // Shares are read and shown in per cent, and kept as fractions.
    const kept = type === 'ratio' ? String(Number(number.replace('%', '')) / 100) : isNumeric(type) ? number : given
    onAdd(needsValue ? { column, op, value: kept } : { column, op })
    setValue('')
    setOpened(false)
  }
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" shadow="md" width={260} trapFocus returnFocus>
      <Popover.Target>
        <Button size="xs" variant="default" leftSection={<FilterIcon size={14} />} onClick={() => setOpened(!opened)}>
          Filter
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Add a filter">
        <form onSubmit={submit} style={{ display: 'grid', gap: 8 }}>
          <NativeSelect
            size="xs"
            label="Column"
            value={column}
            onChange={(event) => setColumn(event.currentTarget.value)}
            data={names.map((id) => ({ value: id, label: contract.columns[id]!.title }))}
            data-autofocus
          />
          <NativeSelect
            size="xs"
            label="Condition"
            value={op}
            onChange={(event) => setOp(event.currentTarget.value as FilterOp)}
            data={ops.map((o) => ({ value: o, label: words[o] }))}
          />
          {needsValue &&
            (type === 'boolean' ? (
              <NativeSelect
                size="xs"
                label="Value"
                value={value || 'true'}
                onChange={(event) => setValue(event.currentTarget.value)}
                data={[
                  { value: 'true', label: 'yes' },
                  { value: 'false', label: 'no' },
                ]}
              />
            ) : (
              <TextInput
                size="xs"
                label={type === 'ratio' ? 'Value, in %' : 'Value'}
                type={type === 'date' || type === 'month' ? 'date' : 'text'}
                inputMode={isNumeric(type) ? 'decimal' : 'text'}
                value={value}
                onChange={(event) => setValue(event.currentTarget.value)}
              />
            ))}
          <Button size="xs" type="submit">
            Add filter
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  )
}

function ChooseColumns({
  contract,
  shown,
  defaults,
  onChange,
}: {
  contract: Contract
  shown: string[]
  defaults: string[]
  onChange: (cols: string | undefined) => void
}) {
  const all = useMemo(
    () => [...new Set([...defaults.filter((id) => contract.columns[id]), ...Object.keys(contract.columns)])],
    [contract, defaults],
  )
  const toggle = (id: string): void => {
    const next = shown.includes(id) ? shown.filter((one) => one !== id) : all.filter((one) => shown.includes(one) || one === id)
    if (next.length > 0) onChange(next.join(',') === defaults.join(',') ? undefined : next.join(','))
  }
  return (
    <Popover position="bottom-start" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button size="xs" variant="default" leftSection={<ColumnsIcon size={14} />} rightSection={<DownIcon size={12} />}>
          Columns
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Columns">
        <div className={classes.chooser}>
          {all.map((id) => (
            <Checkbox
              key={id}
              size="xs"
              label={contract.columns[id]!.title}
              checked={shown.includes(id)}
              disabled={id === all[0]}
              onChange={() => toggle(id)}
            />
          ))}
        </div>
        <Button size="compact-xs" variant="subtle" mt={4} onClick={() => onChange(undefined)}>
          As at first
        </Button>
      </Popover.Dropdown>
    </Popover>
  )
}
