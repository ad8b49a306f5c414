// biome-ignore-all lint/a11y/noNoninteractiveElementToInteractiveRole: a table whose cells are reached by arrow keys is a grid
// biome-ignore-all lint/a11y/noAriaHiddenOnFocusable: spacer rows hold nothing and take no focus

import { useMediaQuery } from '@mantine/hooks'
import { keepPreviousData, useQueries, useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type ColumnDef, columnVisibilityFeature, tableFeatures, useTable } from '@tanstack/react-table'
import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { formatCount, formatCounted } from '../../src/shared/format.ts'
import { type Column, type Contract, type Row, tablePageOptions, type View } from './api.ts'
import classes from './datatable.module.css'
import { useKeys } from './keys.ts'
import { Empty, Failed } from './States.tsx'
import { type Filter, parseFilter, parseSort, type TableSearch } from './search.ts'
import { TableTools } from './TableTools.tsx'
import { useCommon } from './useCommon.ts'
import { rowHeight, useScaledRows } from './useScaledRows.ts'
import { isNegative, isNumeric, keyOf, showCell, unitOf } from './values.tsx'

export interface DataTableProps {
  table: string
  contract: Contract
  /** What a row is called: `customer`, `customers`. */
  noun: [string, string]
  currency: string
  snapshot?: string | undefined
  /** Columns shown unless the address says otherwise, in order; the first one stays in view. */
  columns: string[]
  /** Sorting unless the address says otherwise. */
  sort: string
  search: TableSearch
  onSearch: (change: Partial<TableSearch>, replace?: boolean) => void
  /** Filters that something else on the page sets, such as the brush of a chart, and how they are called and cleared. */
  given?: { filters: Filter[]; label: string; clear: () => void } | undefined
  /** Filters that the page itself stands for, not shown and not to be removed. */
  fixed?: Filter[] | undefined
  /** Page that a row opens. */
  open?: (row: Row) => string
  /** Column that bears the link to it; the first one where absent. */
  openColumn?: string
  /** How high the scrolling part may get. */
  maxHeight: string
  empty?: ReactNode
}

const pageSize = 100
const features = tableFeatures({ columnVisibilityFeature })
type Line = { index: number; row: Row | undefined }

/**
 * The rows of a table, however many: pages come from the server as they scroll into view, sorting and filters are done there and stand
 * in the address, totals are over all rows. One stop for the Tab key; inside, arrows move from cell to cell and Enter opens or explains.
 */
export function DataTable(props: DataTableProps) {
  const { table: name, contract, search, onSearch, given, fixed, currency, snapshot, noun } = props
  const { set, explainLink } = useCommon()
  const navigate = useRowLink(props.open)
  const scroller = useRef<HTMLDivElement>(null)
  const [active, setActive] = useState<{ row: number; column: number }>({ row: 0, column: 0 })
  const wantsFocus = useRef(false)

  const narrow = useMediaQuery('(max-width: 700px)', false, { getInitialValueInEffect: false })
  const sample = useQuery(
    tablePageOptions(name, { snapshot, filters: fixed ? JSON.stringify(fixed) : undefined, sort: props.sort }, 0, pageSize, false),
  ).data?.rows
  const usual = useMemo(
    () => props.columns.filter((c) => contract.columns[c] && !(sample && sample.length > 0 && saysNothing(sample, c, contract))),
    [contract, props.columns, sample],
  )
  const shown = useMemo(() => {
    const asked = search.cols?.split(',').filter((c) => contract.columns[c])
    if (asked && asked.length > 0) return asked
    // On a narrow screen the figure that everything is sorted by stands right beside the first column.
    const main = props.sort.split(',')[0]!.replace('-', '')
    return narrow && usual.includes(main) ? [...new Set([usual[0]!, main, ...usual])] : usual
  }, [contract, narrow, props.sort, search.cols, usual])
  const sorting = parseSort(search.sort ?? props.sort).filter((s) => contract.columns[s.column])
  const filters = useMemo(
    () =>
      [
        ...(search.where ?? []).map(parseFilter).filter((f) => f !== undefined && contract.columns[f.column] !== undefined),
        ...(given?.filters ?? []),
        ...(fixed ?? []),
      ] as Filter[],
    [contract, fixed, given, search.where],
  )
  const sortText = search.sort ?? props.sort
  const view: View = useMemo(
    () => ({
      snapshot,
      filters: filters.length > 0 ? JSON.stringify(filters) : undefined,
      sort: sortText,
      search: search.q,
    }),
    [filters, search.q, snapshot, sortText],
  )

  // How many rows there are is known after the first page; it stays while another sorting loads.
  const [first] = useQueries({
    queries: [{ ...tablePageOptions(name, view, 0, pageSize, true), placeholderData: keepPreviousData }],
  })
  const total = first.data?.total ?? 0
  const rows = useScaledRows(scroller, total)
  const firstPage = Math.floor((rows.items[0]?.index ?? 0) / pageSize)
  const lastPage = Math.floor((rows.items.at(-1)?.index ?? 0) / pageSize)
  const pageNumbers = useMemo(
    () => Array.from({ length: lastPage - firstPage + 1 }, (_, i) => firstPage + i).filter((p) => p > 0),
    [firstPage, lastPage],
  )
  const pages = useQueries({ queries: pageNumbers.map((page) => tablePageOptions(name, view, page * pageSize, pageSize, false)) })

  const rowAt = (index: number): Row | undefined => {
    const page = Math.floor(index / pageSize)
    const data = page === 0 ? first.data : pages[pageNumbers.indexOf(page)]?.data
    return data?.rows[index % pageSize]
  }
  const lines: Line[] = rows.items.map((item) => ({ index: item.index, row: rowAt(item.index) }))

  const columnDefs = useMemo<ColumnDef<typeof features, Line>[]>(
    () => shown.map((id) => ({ id, accessorFn: (line: Line) => line.row?.[id] ?? null, header: contract.columns[id]!.title })),
    [contract, shown],
  )
  const grid = useTable({ features, columns: columnDefs, data: lines, getRowId: (line) => String(line.index) })
  const widths = shown.map((id, index) => {
    const column = contract.columns[id]!
    const total = index === 0 ? null : first.data?.totals?.[id]
    // Totals are the longest figures of their column and must never be cut off.
    const needed = total === null || total === undefined ? 0 : showCell(total, column, currency).length * 8.6 + 28
    return Math.max(widthOf(id, column, index === 0), needed)
  })

  // A new view starts at its top.
  const viewText = JSON.stringify(view)
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the view changes
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 })
    setActive((before) => ({ ...before, row: 0 }))
  }, [viewText])

  const move = useCallback(
    (row: number, column: number) => {
      const next = { row: Math.max(0, Math.min(total - 1, row)), column: Math.max(0, Math.min(shown.length - 1, column)) }
      wantsFocus.current = true
      rows.show(next.row)
      setActive(next)
    },
    [rows, shown.length, total],
  )
  useEffect(() => {
    if (!wantsFocus.current) return
    const cell = scroller.current?.querySelector<HTMLElement>(`[data-cell="${active.row}:${active.column}"]`)
    if (!cell) return
    cell.focus({ preventScroll: true })
    cell.scrollIntoView({ block: 'nearest', inline: 'nearest' })
    wantsFocus.current = false
  })

  const explain = (row: Row | undefined, id: string): void => {
    if (row && row[id] !== null && isNumeric(contract.columns[id]!.type)) {
      set({ explain: explainLink({ table: name, where: keyOf(contract, row), column: id }) })
    }
  }
  const act = (index: number, id: string): void => {
    const row = rowAt(index)
    if (!row) return
    if (isNumeric(contract.columns[id]!.type)) explain(row, id)
    else navigate?.(row)
  }
  const firstNumber = shown.find((id) => isNumeric(contract.columns[id]!.type))
  useKeys({
    j: () => move(active.row + (document.activeElement?.closest('[data-cell]') ? 1 : 0), active.column),
    k: () => move(active.row - (document.activeElement?.closest('[data-cell]') ? 1 : 0), active.column),
    x: () => {
      const id = shown[active.column]!
      const column = isNumeric(contract.columns[id]!.type)
        ? id
        : sorting[0] && isNumeric(contract.columns[sorting[0].column]!.type)
          ? sorting[0].column
          : firstNumber
      if (column) explain(rowAt(active.row), column)
    },
  })
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!(event.target instanceof HTMLElement) || !event.target.dataset.cell) return
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / rowHeight) - 3)
    const to: Record<string, [number, number]> = {
      ArrowDown: [active.row + 1, active.column],
      ArrowUp: [active.row - 1, active.column],
      ArrowRight: [active.row, active.column + 1],
      ArrowLeft: [active.row, active.column - 1],
      PageDown: [active.row + page, active.column],
      PageUp: [active.row - page, active.column],
      Home: [event.ctrlKey ? 0 : active.row, event.ctrlKey ? active.column : 0],
      End: [event.ctrlKey ? total - 1 : active.row, event.ctrlKey ? active.column : shown.length - 1],
    }
    const next = to[event.key]
    if (next) {
      event.preventDefault()
      move(...next)
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault()
      act(active.row, shown[active.column]!)
    }
  }

  const toggleSort = (id: string, add: boolean): void => {
    const now = sorting.find((s) => s.column === id)
    const descendingFirst = isNumeric(contract.columns[id]!.type)
    const next = now ? { column: id, descending: !now.descending } : { column: id, descending: descendingFirst }
    const list = add ? [...sorting.filter((s) => s.column !== id), next] : [next]
    onSearch({ sort: list.map((s) => (s.descending ? `-${s.column}` : s.column)).join(',') })
  }

  const nothing = first.data !== undefined && total === 0
  const stale = first.isPlaceholderData
  const sum = first.data?.totals
  return (
    <div className={classes.root}>
      <TableTools {...props} columns={usual} shown={shown} view={view} total={first.data ? total : undefined} stale={stale} />
      {first.error && !first.data ? (
        <Failed error={first.error} retry={() => void first.refetch()} />
      ) : nothing ? (
        filters.length > (fixed?.length ?? 0) || search.q ? (
          <Empty
            title={`No ${noun[0]} fits`}
            action={
              <button
                type="button"
                className={classes.plain}
                onClick={() => {
                  given?.clear()
                  onSearch({ where: undefined, q: undefined })
                }}
              >
                Clear search and filters
              </button>
            }
          >
            Nothing passes the search and the filters together.
          </Empty>
        ) : (
          (props.empty ?? <Empty title={`No ${noun[1]} yet`} />)
        )
      ) : (
        <div ref={scroller} className={classes.scroller} style={{ maxHeight: props.maxHeight }} data-stale={stale || undefined}>
          <table
            role="grid"
            aria-label={contract.title}
            aria-rowcount={total + 2}
            aria-colcount={shown.length}
            className={classes.table}
            style={{ width: widths.reduce((a, b) => a + b, 0) }}
            onKeyDown={onKeyDown}
          >
            <colgroup>
              {shown.map((id, index) => (
                <col key={id} style={{ width: widths[index] }} />
              ))}
            </colgroup>
            <thead>
              <tr aria-rowindex={1}>
                {grid.getHeaderGroups()[0]?.headers.map((header) => {
                  const id = header.column.id
                  const column = contract.columns[id]!
                  const at = sorting.findIndex((s) => s.column === id)
                  const unit = unitOf(column, currency)
                  return (
                    <th
                      key={id}
                      scope="col"
                      aria-sort={at === 0 ? (sorting[0]!.descending ? 'descending' : 'ascending') : undefined}
                      className={isNumeric(column.type) ? classes.right : undefined}
                    >
                      <button
                        type="button"
                        className={classes.sort}
                        title={`${column.meaning}${column.formula ? `\n= ${column.formula}` : ''}\nClick to sort, with Shift to sort further.`}
                        onClick={(event) => toggleSort(id, event.shiftKey)}
                      >
                        <span>
                          {column.title} {unit && <span className={classes.unit}>{unit}</span>}
                        </span>
                        <span className={classes.arrow} aria-hidden="true">
                          {at < 0 ? '' : `${sorting[at]!.descending ? '↓' : '↑'}${sorting.length > 1 ? at + 1 : ''}`}
                        </span>
                      </button>
                    </th>
                  )
                })}
              </tr>
            </thead>
            <tbody>
              {rows.before > 0 && (
                <tr aria-hidden="true" className={classes.spacer}>
                  <td colSpan={shown.length} style={{ height: rows.before }} />
                </tr>
              )}
              {grid.getRowModel().rows.map((line) => {
                const { index, row } = line.original
                return (
                  <tr
                    key={index}
                    aria-rowindex={index + 2}
                    data-active={index === active.row || undefined}
                    data-odd={row?.identified === false || undefined}
                  >
                    {line.getVisibleCells().map((cell, at) => {
                      const id = cell.column.id
                      const column = contract.columns[id]!
                      const value = row?.[id]
                      const number = isNumeric(column.type)
                      const current = index === active.row && at === active.column
                      return (
                        // biome-ignore lint/a11y/useKeyWithClickEvents: keys are handled once for the whole grid
                        <td
                          key={id}
                          role="gridcell"
                          data-cell={`${index}:${at}`}
                          tabIndex={current ? 0 : -1}
                          className={`${number ? classes.right : ''}${number && isNegative(value) ? ' loss' : ''}${number && value !== null ? ` ${classes.can}` : ''}`}
                          onFocus={() => {
                            if (!current) setActive({ row: index, column: at })
                          }}
                          onClick={() => number && explain(row, id)}
                        >
                          {row === undefined ? (
                            <span className={classes.bone} />
                          ) : (props.openColumn ? id === props.openColumn : at === 0) && props.open && value !== null ? (
                            <Link to={props.open(row) as '/'} tabIndex={-1} className={classes.open}>
                              {showCell(value, column, currency)}
                            </Link>
                          ) : (
                            <Shown column={column} value={value} currency={currency} />
                          )}
                        </td>
                      )
                    })}
                  </tr>
                )
              })}
              {rows.after > 0 && (
                <tr aria-hidden="true" className={classes.spacer}>
                  <td colSpan={shown.length} style={{ height: rows.after }} />
                </tr>
              )}
            </tbody>
            {sum && total > 0 && (
              <tfoot>
                <tr aria-rowindex={total + 2}>
                  {shown.map((id, index) => {
                    const column = contract.columns[id]!
                    return index === 0 ? (
                      <th key={id} scope="row">
                        All {formatCount(total)}
                      </th>
                    ) : (
                      <td key={id} className={`${isNumeric(column.type) ? classes.right : ''}${isNegative(sum[id]) ? ' loss' : ''}`}>
                        {sum[id] === null || sum[id] === undefined ? '' : showCell(sum[id], column, currency)}
                      </td>
                    )
                  })}
                </tr>
              </tfoot>
            )}
          </table>
          {!first.data && <Bones rows={8} />}
        </div>
      )}
      <p className="visually-hidden" aria-live="polite">
        {first.data && !stale ? formatCounted(total, noun[0], noun[1]) : ''}
      </p>
      <p className={`print-only ${classes.printNote}`}>
        Printed are the rows in view of {formatCounted(total, noun[0], noun[1])}; the export holds all.
      </p>
    </div>
  )
}

function Shown({ column, value, currency }: { column: Column; value: Row[string] | undefined; currency: string }) {
  const text = showCell(value, column, currency)
  return isNumeric(column.type) ? (
    text
  ) : (
    <span className={classes.text} title={text.length > 22 ? text : undefined}>
      {text}
    </span>
  )
}

function Bones({ rows }: { rows: number }) {
  return (
    <div role="status" aria-label="Loading rows">
      {Array.from({ length: rows }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: identical placeholders
        <div key={i} className={classes.boneRow}>
          <span className={classes.bone} />
        </div>
      ))}
    </div>
  )
}

function useRowLink(open: DataTableProps['open']): ((row: Row) => void) | undefined {
  const { set } = useCommon()
  return open ? (row) => set({}, open(row)) : undefined
}

/** A column that is empty throughout, or only repeats the id, is left out until asked for. */
function saysNothing(rows: Row[], column: string, contract: Contract): boolean {
  if (contract.key.includes(column)) return false
  const id = contract.key[0]!
  return (
    rows.every((row) => row[column] === null || row[column] === undefined) ||
    (column === 'name' && rows.every((row) => row[column] === row[id]))
  )
}

/** Columns of words that say little when they are cut. */
const wide: Record<string, number> = { name: 220, title: 300, evidence: 380, assumption: 380, main_driver: 260, customer_name: 220 }

function widthOf(id: string, column: Column, first: boolean): number {
  const header = Math.max(0, ...column.title.split(' ').map((w) => w.length)) * 8 + 30
  if (first) return Math.max(148, header)
  const width: Partial<Record<Column['type'], number>> = {
    money: 116,
    money_sum: 116,
    price: 104,
    quantity: 96,
    integer: 84,
    ratio: 92,
    number: 92,
    date: 112,
    month: 96,
    boolean: 92,
  }
  const short: Record<string, number> = { kind: 92, currency: 84, line_no: 64, source_row: 84, source_file: 200, product_id: 152 }
  return short[id] ?? Math.max(width[column.type] ?? wide[id] ?? 136, header)
}
